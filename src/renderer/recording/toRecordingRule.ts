/** What a person types as the hosts to record. Pure. */
import type { RecordingRule } from '../../contract/recording.ts';

/** @param where an account id, an instance id, `key=value` of a tag, or a name in which `*` stands for anything */
export function toRecordingRule(where: string): RecordingRule | undefined {
  const text = where.trim();
  if (text === '') return undefined;
  const digits = text.replaceAll('-', '');
  if (/^\d{12}$/.test(digits)) return { accountId: digits };
  if (/^(?:i|mi)-[0-9a-f]{8,17}$/.test(text)) return { instanceId: text };
  const at = text.indexOf('=');
  return at > 0 ? { tag: { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() } } : { name: text };
}
