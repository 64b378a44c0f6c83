/**
 * What the services say, in Japanese: English template of `say` -> the same with its blanks `{0}`, `{1}`… in any order.
 *
 * test/unit/renderer/said.test.ts holds it complete. One object an area of the services, a sentence of several areas in `base`.
 */
import { base } from './services/base.ts';

export const services: Readonly<Record<string, string>> = {
  ...base,
};
