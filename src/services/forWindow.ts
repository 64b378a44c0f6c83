/**
 * The services as one window sees them: it is told of hosts from when it asks for their list, which has all that was told before. At a
 * start the last known hosts are being read just then, and thousands of them would cross its link twice.
 */
import type { ServiceApi } from '../contract/contract.ts';

export function forWindow<Stream>(services: ServiceApi<Stream>): ServiceApi<Stream> {
  let isListed = false;
  return {
    ...services,
    instances: {
      ...services.instances,
      list(input) {
        // Not when it is answered: what is told meanwhile may not be in it.
        isListed = true;
        return services.instances.list(input);
      },
    },
    onEvent: (listener) =>
      services.onEvent((event) => {
        if (isListed || (event.name !== 'instances.changed' && event.name !== 'instances.removed')) listener(event);
      }),
  };
}
