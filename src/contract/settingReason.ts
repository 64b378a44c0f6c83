/** Why a value is no setting, as a sentence that can be translated; zod's own are English only. */
import type * as z from 'zod';
import { say } from './say.ts';

export function settingReason(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return say`it is no setting`;
  switch (issue.code) {
    case 'invalid_value':
      return say`it must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return issue.origin === 'string' ? say`it must be at most ${String(issue.maximum)} characters long` : issue.origin === 'array' ? say`it must have at most ${String(issue.maximum)} entries` : say`it must be at most ${String(issue.maximum)}`;
    case 'too_small':
      return issue.origin === 'string' ? say`it must be at least ${String(issue.minimum)} characters long` : say`it must be at least ${String(issue.minimum)}`;
    case 'invalid_type':
      return typeReason(issue.expected);
    default:
      return issue.message;
  }
}

function typeReason(expected: string): string {
  switch (expected) {
    case 'string':
      return say`it must be a text in double quotes`;
    case 'number':
      return say`it must be a number`;
    case 'int':
      return say`it must be a whole number`;
    case 'boolean':
      return say`it must be true or false`;
    case 'array':
      return say`it must be a list in [ ]`;
    default:
      return say`it must be an object in { }`;
  }
}
