/**
 * Answers the agent's handshake: what it asks of a client, and which of that is done here. Pure.
 *
 * Every action is answered, in order; any answer other than success makes the agent cancel the session.
 */
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { SessionCipher, type DataKey } from './kms.ts';
import { ActionStatus } from './message.ts';
import {
  decodeKmsEncryptionParameters,
  decodeSessionTypeParameters,
  type HandshakeRequest,
  type HandshakeResponse,
  type KmsEncryptionParameters,
  type KmsEncryptionResult,
  type ProcessedClientAction,
  type RequestedClientAction,
  type SessionTypeParameters,
} from './messagePayloads.ts';

/** Agents and the service choose features by it: at least 1.2.764.0, the first that signs the upgrade, in four parts. */
export const CLIENT_VERSION = '1.2.764.0';
/** Agents ask for one or two. */
const MAX_ACTIONS = 16;
const SESSION_TYPE = 'SessionType';
const KMS_ENCRYPTION = 'KMSEncryption';
/** The agent waits 15 seconds for the response. */
export const HANDSHAKE_TIMEOUT_MS = 14_000;

export interface HandshakeAnswer {
  readonly response: HandshakeResponse;
  readonly agentVersion: string;
  /** Absent when the agent named no session type. */
  readonly session?: SessionTypeParameters;
  /** Present when the session is to be encrypted. */
  readonly cipher?: SessionCipher;
  /** Why the session cannot be had. The response must be sent all the same. */
  readonly refusal?: PosternError;
}

/** What KMS had to say, when the agent asks for encryption. */
export type DataKeyAnswer = { readonly dataKey: DataKey } | { readonly error: PosternError };

/** The KMS key that the session is to be encrypted with, if the agent asks for that. */
export function wantedEncryption(request: HandshakeRequest): KmsEncryptionParameters | undefined {
  const action = request.RequestedClientActions.slice(0, MAX_ACTIONS).find(({ ActionType }) => ActionType === KMS_ENCRYPTION);
  return action === undefined ? undefined : decodeKmsEncryptionParameters(action.ActionParameters);
}

/** @param dataKeyAnswer absent: encryption is refused */
export function answerHandshake(request: HandshakeRequest, dataKeyAnswer?: DataKeyAnswer): HandshakeAnswer {
  let session: SessionTypeParameters | undefined;
  let cipher: SessionCipher | undefined;
  let refusal: PosternError | undefined;
  const answerAction = ({ ActionType, ActionParameters }: RequestedClientAction): ProcessedClientAction => {
    const base = { ActionType, ActionStatus: ActionStatus.success, ActionResult: null, Error: '' };
    if (ActionType === SESSION_TYPE) {
      session = decodeSessionTypeParameters(ActionParameters);
      if (session !== undefined) return base;
    }
    const encryption = ActionType === KMS_ENCRYPTION ? decodeKmsEncryptionParameters(ActionParameters) : undefined;
    if (encryption !== undefined && dataKeyAnswer !== undefined) {
      const result = toCipher(dataKeyAnswer);
      if ('error' in result) {
        refusal ??= result.error;
        return { ...base, ActionStatus: ActionStatus.failed, Error: 'The client could not get a data key from AWS KMS' };
      }
      cipher = result.cipher;
      return { ...base, ActionResult: toKmsResult(result.ciphertextBlob, encryption) };
    }
    refusal ??= toRefusal(ActionType);
    return { ...base, ActionStatus: ActionStatus.unsupported, Error: `${ActionType} is not supported by this client` };
  };
  const processed = request.RequestedClientActions.slice(0, MAX_ACTIONS).map(answerAction);
  return {
    response: { ClientVersion: CLIENT_VERSION, ProcessedClientActions: processed, Errors: null },
    agentVersion: request.AgentVersion,
    ...(session === undefined ? {} : { session }),
    ...(cipher === undefined ? {} : { cipher }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

function toCipher(answer: DataKeyAnswer): { readonly cipher: SessionCipher; readonly ciphertextBlob: Uint8Array } | { readonly error: PosternError } {
  if ('error' in answer) return answer;
  const { plaintext, ciphertextBlob } = answer.dataKey;
  try {
    return { cipher: new SessionCipher(plaintext.reveal()), ciphertextBlob };
  } catch (thrown) {
    return { error: toPosternError(thrown) };
  } finally {
    plaintext.wipe();
  }
}

/** A challenge is acknowledged only when there is one: it is part of the context that the key was made with. */
function toKmsResult(ciphertextBlob: Uint8Array, { Challenge }: KmsEncryptionParameters): KmsEncryptionResult {
  const base = { KMSCipherTextKey: Buffer.from(ciphertextBlob).toString('base64'), KMSCipherTextHash: null };
  return Challenge === undefined ? base : { ...base, ChallengeAcknowledgement: true };
}

function toRefusal(actionType: RequestedClientAction['ActionType']): PosternError {
  if (actionType === KMS_ENCRYPTION) {
    return new PosternError({
      code: 'ssm.session-refused',
      message: say`The Session Manager preferences of this account ask for KMS encryption of the session, which cannot be had here.`,
      remedy: say`Connect by SSH, or turn off KMS encryption in the Session Manager preferences.`,
    });
  }
  return new PosternError({
    code: 'ssm.protocol',
    message: say`The SSM agent asks for "${actionType.slice(0, 60)}", which Postern does not know.`,
    remedy: say`Connect by SSH, or look for a newer Postern.`,
  });
}
