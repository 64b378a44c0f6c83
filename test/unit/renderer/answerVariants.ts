/**
 * From a schema of the contract: an answer in which everything is there, and every answer that lacks or changes one thing of it.
 * The schemas are the truth, so that a field that is added is tried without anybody thinking of it.
 */
import * as z from 'zod';
import type { MissingPart } from '../../../src/contract/part.ts';

export interface Variant {
  /** e.g. `networkInterfaces.0.attachment absent` */
  readonly name: string;
  /** Something is taken away, and nothing put in its place: all the rest must stay. */
  readonly lacks: boolean;
  readonly value: unknown;
}

/** Texts of fields, by name, that decide what is drawn or must be of a form; the others are made up. */
export type Hints = Readonly<Record<string, (count: number) => string>>;

const hints: Hints = {
  state: () => 'running',
  status: () => 'impaired',
  action: () => 'ec2:DescribeVolumes',
  permission: () => 'ec2:DescribeVolumes',
  region: () => 'ap-northeast-1',
  protocol: () => 'tcp',
  health: () => 'unhealthy',
  httpTokens: () => 'required',
  jpegBase64: () => '/9j/4AAQ',
  cidr: (count) => `10.${count % 250}.0.0/16`,
  ...Object.fromEntries(['privateIpAddress', 'publicIp', 'publicIpAddress', 'publicIpBefore', 'address', 'network', 'future'].map((name) => [name, (count: number) => `10.7.${count >> 8}.${count & 255}`])),
};
const MOMENT = /(?:At|Time|Date|Since|Before|After|Deadline|Seen)$|^timestamp$|^validBefore$/;

/** Everything that may be there is there, lists have two entries or one of each kind, and no two texts are the same. */
export function wholeAnswer<T extends z.ZodType>(schema: T, own: Hints = {}): z.output<T> {
  let count = 0;
  const byName = { ...hints, ...own };
  const text = (name: string): string => {
    count += 1;
    const hint = Object.hasOwn(byName, name) ? byName[name] : undefined;
    if (hint !== undefined) return hint(count);
    return MOMENT.test(name) ? new Date(Date.UTC(2026, 10, 20, 8, 0, count)).toISOString() : `${name}-${String(count).padStart(4, '0')}`;
  };
  const make = (type: unknown, name: string): unknown => {
    if (type instanceof z.ZodOptional || type instanceof z.ZodDefault) return make(type.unwrap(), name);
    if (type instanceof z.ZodObject) return Object.fromEntries(Object.entries(type.shape).map(([key, held]) => [key, make(held, key)]));
    if (type instanceof z.ZodArray) return type.element instanceof z.ZodUnion ? type.element.options.map((option) => make(option, name)) : [make(type.element, name), make(type.element, name)];
    if (type instanceof z.ZodTuple) return type.def.items.map((item) => make(item, name));
    if (type instanceof z.ZodRecord) return Object.fromEntries([text(name), text(name)].map((key) => [key, make(type.valueType, name)]));
    if (type instanceof z.ZodUnion) return make(type.options[0], name);
    if (type instanceof z.ZodEnum) return type.options[0];
    if (type instanceof z.ZodLiteral) return [...type.values][0];
    if (type instanceof z.ZodBoolean) return true;
    if (type instanceof z.ZodNumber) return 5000 + (count += 1);
    if (type instanceof z.ZodString) return text(name);
    throw new Error(`nothing is made of ${name}: ${type instanceof z.ZodType ? type.type : String(type)}`);
  };
  return schema.parse(make(schema, ''));
}

/** What a call that fails leaves of its part. */
const missing: Readonly<Record<'denied' | 'throttled' | 'failed', MissingPart>> = {
  denied: { known: false, permission: 'ec2:DescribeVolumes', denied: true, error: { code: 'aws.access-denied', message: 'ec2:DescribeVolumes is not allowed for profile prod.', remedy: 'Ask for it.', retryable: false } },
  throttled: { known: false, permission: 'ec2:DescribeVolumes', denied: false, error: { code: 'aws.throttled', message: 'AWS throttled ec2:DescribeVolumes.', retryable: true } },
  failed: { known: false, permission: 'ec2:DescribeVolumes', denied: false, error: { code: 'aws.failed', message: 'ec2:DescribeVolumes failed.', retryable: false } },
};

/** Each variant of a whole answer, at any depth. All of them are answers that the contract allows. */
export function variantsOf<T extends z.ZodType>(schema: T, whole: z.output<T>): Variant[] {
  const found: Variant[] = [];
  walk(schema, whole, '', (value) => value, found);
  return found;
}

type Put = (value: unknown) => unknown;
const MANY = 30;

function walk(type: unknown, value: unknown, path: string, put: Put, found: Variant[]): void {
  const add = (what: string, lacks: boolean, instead: unknown): void => void found.push({ name: `${path} ${what}`.trim(), lacks, value: put(instead) });
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault) return walk(type.unwrap(), value, path, put, found);
  if (type instanceof z.ZodObject && isObject(value)) {
    for (const [key, held] of Object.entries(type.shape)) {
      if (!Object.hasOwn(value, key)) continue;
      const inside = path === '' ? key : `${path}.${key}`;
      const { [key]: _left, ...rest } = value;
      if (held instanceof z.ZodOptional) found.push({ name: `${inside} absent`, lacks: true, value: put(rest) });
      walk(held, value[key], inside, (instead) => put({ ...value, [key]: instead }), found);
    }
  } else if (type instanceof z.ZodArray && Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (type.safeParse([]).success) add('empty', true, []);
    // Of several of one kind the first: the others are there to stay.
    const tried = type.element instanceof z.ZodUnion ? items : items.slice(0, 1);
    tried.forEach((item, index) => walk(type.element, item, `${path}.${index}`, (instead) => put(items.with(index, instead)), found));
  } else if (type instanceof z.ZodRecord && isObject(value)) {
    add('empty', true, {});
    for (const [key, held] of Object.entries(value).slice(0, 1)) walk(type.valueType, held, `${path}.${key}`, (instead) => put({ ...value, [key]: instead }), found);
  } else if (type instanceof z.ZodUnion) {
    const option = type.options.find((one) => one instanceof z.ZodType && one.safeParse(value).success);
    if (isObject(value) && value['known'] === true) {
      for (const [why, part] of Object.entries(missing)) add(why, true, part);
      const held = option instanceof z.ZodObject ? option.shape['value'] : undefined;
      if (held instanceof z.ZodOptional) add('known to be nothing', true, { known: true });
    } else {
      for (const other of type.options) if (other !== option && other instanceof z.ZodType) add('of another kind', false, wholeAnswer(other));
    }
    walk(option, value, path, put, found);
  } else if (type instanceof z.ZodEnum) {
    // Codes of errors are shown as they are.
    if (type.options.length < MANY) for (const other of type.options) if (other !== value) add(`is ${other}`, false, other);
  } else if (type instanceof z.ZodBoolean) {
    add(`is ${String(value !== true)}`, false, value !== true);
  } else if (type instanceof z.ZodNumber) {
    const zero: unknown = 0;
    if (type.safeParse(zero).success) add('is 0', false, zero);
  } else if (!(type instanceof z.ZodString || type instanceof z.ZodLiteral || type instanceof z.ZodTuple)) {
    throw new Error(`nothing of ${path} is varied: ${type instanceof z.ZodType ? type.type : String(type)}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The texts and numbers of an answer. */
export function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
