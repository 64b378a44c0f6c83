/**
 * Answers the agent's handshake: what it asks of a client, and which of that is done here. Pure.
 *
 * Every action is answered, in order; any answer other than success makes the agent cancel the session.
 */
import { PosternError } from '../../contract/error.ts';
import { ActionStatus, decodeSessionTypeParameters, type HandshakeRequest, type HandshakeResponse, type ProcessedClientAction, type SessionTypeParameters } from './message.ts';

/** Agents and the service choose features by it: at least 1.2.764.0, the first that signs the upgrade, in four parts. */
export const CLIENT_VERSION = '1.2.764.0';

export interface HandshakeAnswer {
  readonly response: HandshakeResponse;
  readonly agentVersion: string;
  /** Absent when the agent named no session type. */
  readonly session?: SessionTypeParameters;
  /** Why the session cannot be had. The response must be sent all the same. */
  readonly refusal?: PosternError;
}

export function answerHandshake(request: HandshakeRequest): HandshakeAnswer {
  let session: SessionTypeParameters | undefined;
  let refusal: PosternError | undefined;
  const processed = request.RequestedClientActions.map((action): ProcessedClientAction => {
    if (action.ActionType === 'SessionType') {
      session = decodeSessionTypeParameters(action.ActionParameters);
      if (session !== undefined) return { ActionType: action.ActionType, ActionStatus: ActionStatus.success, ActionResult: null, Error: '' };
    }
    refusal ??= toRefusal(action.ActionType);
    return { ActionType: action.ActionType, ActionStatus: ActionStatus.unsupported, ActionResult: null, Error: `${action.ActionType} is not supported by this client` };
  });
  return {
    response: { ClientVersion: CLIENT_VERSION, ProcessedClientActions: processed, Errors: null },
    agentVersion: request.AgentVersion,
    ...(session === undefined ? {} : { session }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

function toRefusal(actionType: string): PosternError {
  if (actionType === 'KMSEncryption') {
    return new PosternError({
      code: 'ssm.session-refused',
      message: 'The Session Manager preferences of this account ask for KMS encryption of the session, which Postern cannot do yet.',
      remedy: 'Connect by SSH, or turn off KMS encryption in the Session Manager preferences.',
    });
  }
  return new PosternError({
    code: 'ssm.protocol',
    message: `The SSM agent asks for "${actionType.slice(0, 60)}", which Postern does not know.`,
    remedy: 'Connect by SSH, or look for a newer Postern.',
  });
}
