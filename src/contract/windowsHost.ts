/** What a Windows instance needs beside a way in: its first password, and the system's Remote Desktop client. */
import * as z from 'zod';
import { Sentence } from './sentence.ts';

/** The one secret with an output type: a person asked to see it. */
export const AdministratorPassword = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password'), userName: z.string(), password: z.string() }),
  /** Windows has not made it up yet, or made none: within the first minutes after the launch. */
  z.object({ kind: z.literal('not-yet'), message: Sentence }),
]);
export type AdministratorPassword = z.infer<typeof AdministratorPassword>;

export const RemoteDesktop = z.object({
  /** `127.0.0.1:PORT` */
  address: z.string(),
  forwardId: z.string(),
  /** Whether the system's client was started; otherwise the window offers a file for it. */
  opened: z.boolean(),
  /** Contents of that file. */
  rdpFile: z.string(),
});
export type RemoteDesktop = z.infer<typeof RemoteDesktop>;

export const RDP_PORT = 3389;
