/** The console of an instance for people: its text without escape sequences, and its picture. */
import { stripVTControlCharacters } from 'node:util';
import { PosternError } from '../../contract/error.ts';
import type { ConsoleOutput, ConsoleScreenshot } from '../../contract/hostDetail.ts';
import { say } from '../../contract/say.ts';
import { toAwsError } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';

/** A picture is some 100 kB; what is far larger is none. */
const MAX_SCREENSHOT_CHARACTERS = 8 * 1024 * 1024;
/** Base64 of the first bytes of every JPEG file: FF D8 FF. */
const JPEG_START = '/9j/';

/**
 * The console as it is now, and where the instance cannot tell that, as EC2 kept it after its last start.
 *
 * @throws PosternError any `aws.*` code, `instance.not-found`, `cancelled`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
 */
export async function readConsole(clients: ScopeClients, instanceId: string, signal: AbortSignal): Promise<Omit<ConsoleOutput, 'readAt'>> {
  const call = clients.call('ec2', 'GetConsoleOutput', instanceId);
  try {
    const [client, { GetConsoleOutputCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    const ask = (latest: boolean) => client.send(new GetConsoleOutputCommand({ InstanceId: instanceId, ...(latest ? { Latest: true } : {}) }), { abortSignal: signal });
    let latest = true;
    let answer = await ask(true).catch((thrown: unknown) => {
      if (thrown instanceof Error && thrown.name === 'UnsupportedOperation') return undefined;
      throw thrown;
    });
    if (answer?.Output === undefined || answer.Output === '') {
      latest = false;
      answer = await ask(false);
    }
    const text = toConsoleText(answer.Output);
    return { ...(text === undefined ? {} : { text }), ...(answer.Timestamp === undefined ? {} : { timestamp: answer.Timestamp.toISOString() }), latest };
  } catch (thrown) {
    throw signal.aborted ? new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown }) : toAwsError(thrown, call);
  }
}

/** Of what a terminal is told by escape sequences nothing is left; lines that overwrote themselves stay one after the other. */
export function toConsoleText(base64: string | undefined): string | undefined {
  if (base64 === undefined || base64 === '') return undefined;
  const raw = Buffer.from(base64, 'base64').toString('utf8');
  return stripVTControlCharacters(raw).replace(/\r+\n/g, '\n').replace(/\r/g, '\n');
}

/**
 * A JPEG picture of the console. EC2 wakes a sleeping screen with a key press only when asked to; it is not.
 *
 * @throws PosternError any `aws.*` code, `instance.not-found`, `instance.not-running`, `cancelled`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleScreenshot.html
 */
export async function readConsoleScreenshot(clients: ScopeClients, instanceId: string, signal: AbortSignal): Promise<Omit<ConsoleScreenshot, 'readAt'>> {
  const call = clients.call('ec2', 'GetConsoleScreenshot', instanceId);
  try {
    const [client, { GetConsoleScreenshotCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    const { ImageData: jpegBase64 = '' } = await client.send(new GetConsoleScreenshotCommand({ InstanceId: instanceId }), { abortSignal: signal });
    if (!jpegBase64.startsWith(JPEG_START) || jpegBase64.length > MAX_SCREENSHOT_CHARACTERS) throw new PosternError({ code: 'aws.endpoint-not-aws', message: say`${call.endpoint} sent something that is no picture of the console.`, remedy: say`Check the endpoint URL, and whether a proxy answers instead of AWS.` });
    return { jpegBase64 };
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown });
    if (thrown instanceof Error && (thrown.name === 'IncorrectInstanceState' || thrown.name === 'IncorrectState')) throw new PosternError({ code: 'instance.not-running', message: say`${instanceId} is not running, so that there is no screen to take a picture of.`, remedy: say`Start the instance first.` }, { cause: thrown });
    if (thrown instanceof Error && thrown.name === 'UnsupportedOperation') throw new PosternError({ code: 'aws.failed', message: say`EC2 takes no picture of the console of ${instanceId}: its type does not support it.`, remedy: say`Read the console output instead.` }, { cause: thrown });
    throw toAwsError(thrown, call);
  }
}
