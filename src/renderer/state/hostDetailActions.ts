/** What the host panel's sections ask when they are opened. Each rejects with what went wrong: the section shows it. */
import type { ConsoleOutput, ConsoleScreenshot, InstanceAccess, InstanceDetails, InstanceStorage } from '../../contract/hostDetail.ts';
import type { MetricRange, MetricsReading } from '../../contract/metrics.ts';
import type { Client } from './connection.ts';

export interface HostDetailActions {
  details(instanceId: string): Promise<InstanceDetails>;
  access(instanceId: string): Promise<InstanceAccess>;
  storage(instanceId: string): Promise<InstanceStorage>;
  metrics(instanceIds: readonly string[], range: MetricRange): Promise<MetricsReading>;
  output(instanceId: string): Promise<ConsoleOutput>;
  screenshot(instanceId: string): Promise<ConsoleScreenshot>;
}

export function createHostDetailActions(services: () => Client): HostDetailActions {
  return {
    details: async (instanceId) => services().instances.details({ instanceId }),
    access: async (instanceId) => services().instances.access({ instanceId }),
    storage: async (instanceId) => services().instances.storage({ instanceId }),
    metrics: async (instanceIds, range) => services().metrics.read({ instanceIds: [...instanceIds], range }),
    output: async (instanceId) => services().console.output({ instanceId }),
    screenshot: async (instanceId) => services().console.screenshot({ instanceId }),
  };
}
