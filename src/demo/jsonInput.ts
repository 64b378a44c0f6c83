/** Reads the members of a JSON 1.1 request, with AWS's sentence when one is not as it must be. */
import { AwsError } from './awsError.ts';
import type { JsonObject } from './awsProtocols.ts';

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${message}`);
}

export function readText(input: JsonObject, name: string): string {
  const text = readOptionalText(input, name);
  if (text === undefined) throw invalid(`Value at '${toMember(name)}' failed to satisfy constraint: Member must not be null`);
  return text;
}

export function readOptionalText(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AwsError('SerializationException', `${name} is not a string.`);
  return value;
}

/** A whole number within bounds; `fallback` when absent. */
export function readCount(input: JsonObject, name: string, bounds: { readonly min: number; readonly max: number; readonly fallback: number }): number {
  const value = input[name] ?? bounds.fallback;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new AwsError('SerializationException', `${name} is not a number.`);
  if (value < bounds.min) throw invalid(`Value '${value}' at '${toMember(name)}' failed to satisfy constraint: Member must have value greater than or equal to ${bounds.min}`);
  if (value > bounds.max) throw invalid(`Value '${value}' at '${toMember(name)}' failed to satisfy constraint: Member must have value less than or equal to ${bounds.max}`);
  return value;
}

/** A list of objects; empty when absent. */
export function readObjects(input: JsonObject, name: string): JsonObject[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw new AwsError('SerializationException', `${name} is not a list.`);
  return value.filter((item): item is JsonObject => typeof item === 'object' && item !== null);
}

export function readTexts(input: JsonObject, name: string): string[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw new AwsError('SerializationException', `${name} is not a list.`);
  return value.filter((item): item is string => typeof item === 'string');
}

/** AWS's sentences write members with a small first letter. */
function toMember(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
