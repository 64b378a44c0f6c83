/** The settings as a JSON schema: for editors, beside the file, and for the ranges that the settings view names. */
import * as z from 'zod';
import { Settings } from './settings.ts';

export function settingsSchema(): unknown {
  const { $schema, ...schema } = z.toJSONSchema(Settings, { io: 'input' });
  return { $schema, title: 'Postern settings', allowComments: true, allowTrailingCommas: true, ...schema };
}
