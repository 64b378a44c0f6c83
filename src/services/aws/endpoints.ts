/**
 * Where each service of a profile is: the SDK's own order, for every client and for the cloud's own files and environment.
 *
 * The SDK's clients would look into this process's environment and the default profile instead.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { filled, type ConfigFiles, type Section } from './configFiles.ts';

export const services = ['ec2', 'ssm', 'sts', 'kms', 'ec2-instance-connect', 'sso', 'sso-oidc', 'cloudwatch', 'auto-scaling', 'elastic-load-balancing-v2', 'iam'] as const;
export type Service = (typeof services)[number];

/** Where a policy or a host name calls a service otherwise than the settings do. */
const otherNames: Readonly<Partial<Record<Service, { readonly policy: string; readonly host: string }>>> = {
  cloudwatch: { policy: 'cloudwatch', host: 'monitoring' },
  'auto-scaling': { policy: 'autoscaling', host: 'autoscaling' },
  'elastic-load-balancing-v2': { policy: 'elasticloadbalancing', host: 'elasticloadbalancing' },
};

/** As in an action of a policy, e.g. `autoscaling`. */
export function policyName(service: Service): string {
  return otherNames[service]?.policy ?? service;
}

/** AWS's own endpoint, as an error names it; IAM's is one for all regions. */
export function usualEndpoint(service: Service, region: string): string {
  const domain = `amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return service === 'iam' ? `https://iam.${domain}` : `https://${otherNames[service]?.host ?? service}.${region}.${domain}`;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The endpoint somebody configured, absent: AWS's own. First wins: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL,
 * the profile's `services` section, the profile's `endpoint_url`; none of them when configured endpoints are to be ignored.
 *
 * @throws PosternError `data.unreadable` for a services section that is not there or an endpoint that is no URL
 */
export function configuredEndpoint(service: Service, profile: string, environment: Environment, files: ConfigFiles): string | undefined {
  const section = files.profiles.get(profile);
  if (isTrue(environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? section?.['ignore_configured_endpoint_urls'])) return undefined;
  // As the SDK writes a service's id in names of variables and settings.
  const id = service.replaceAll('-', '_');
  const endpoint =
    filled(environment[`AWS_ENDPOINT_URL_${id.toUpperCase()}`]) ??
    filled(environment['AWS_ENDPOINT_URL']) ??
    filled(servicesSection(section, profile, files)?.[`${id}.endpoint_url`]) ??
    filled(section?.['endpoint_url']);
  if (endpoint === undefined) return undefined;
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new PosternError({ code: 'data.unreadable', message: say`The ${service} endpoint of profile ${profile} is not an http or https URL.`, remedy: say`Check AWS_ENDPOINT_URL and endpoint_url in the config file.` });
  }
  return endpoint;
}

function servicesSection(section: Section | undefined, profile: string, files: ConfigFiles): Section | undefined {
  const name = filled(section?.['services']);
  if (name === undefined) return undefined;
  const found = files.services.get(name);
  if (found === undefined) {
    throw new PosternError({ code: 'data.unreadable', message: say`Profile ${profile} names the services section ${name}, which is not in ${files.configFile}.`, remedy: say`Add [services ${name}] to the file, or take the line out of the profile.` });
  }
  return found;
}

/** A switch as the SDK reads it from the environment or a section. */
export function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === 'true';
}
