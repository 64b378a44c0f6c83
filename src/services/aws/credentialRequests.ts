/** How the small clients that fetch credentials reach their services: each made for one purpose and destroyed, and never by the SDK's own look around. */
const CONNECT_TIMEOUT_MS = 6_000;
const ANSWER_TIMEOUT_MS = 20_000;

/** @param endpoint where somebody configured the service to be; absent: AWS's own */
export async function credentialRequests(endpoint: string | undefined) {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const requestHandler = new NodeHttpHandler({ connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: ANSWER_TIMEOUT_MS, throwOnRequestTimeout: true });
  return { ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }), requestHandler, maxAttempts: 3, defaultsMode: 'standard' as const };
}
