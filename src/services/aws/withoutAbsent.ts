/** An object without its undefined members and empty texts: the SDK has both for what AWS does not say, Postern's types have neither. */
export type WithoutAbsent<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

export function withoutAbsent<T extends object>(value: T): WithoutAbsent<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined && member !== '')) as WithoutAbsent<T>;
}
