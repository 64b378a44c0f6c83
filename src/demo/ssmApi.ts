/**
 * Systems Manager's part of the demo: what it knows of agents, and the life of sessions.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html and session-manager-protocol.md section 7
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../services/base/clock.ts';
import { AwsError } from './awsError.ts';
import { awsJson } from './awsProtocols.ts';
import type { JsonObject } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { Actions, AwsService } from './awsService.ts';
import type { DemoHosts } from './demoHosts.ts';
import type { DemoAgent, DemoInstance, DemoManagedNode, RegionEstate } from './estateModel.ts';
import { invalid, readCount, readObjects, readOptionalText, readText, readTexts } from './jsonInput.ts';
import type { KmsKeys } from './kmsApi.ts';
import type { DataChannelTicket, MessageService } from './messageService.ts';
import type { SessionSummary } from './relaySession.ts';
import { SHELL_DOCUMENT, resolveSession } from './sessionDocuments.ts';
import { preferencesDocument } from './sessionPreferences.ts';
import type { SessionPreferences } from './sessionPreferences.ts';

/** What an account's administrator sets. */
export interface AccountSettings {
  /** Undefined: never set, so that there is no document SSM-SessionManagerRunShell. */
  sessionPreferences: SessionPreferences | undefined;
  /** The role of Default Host Management Configuration; absent: it is off. */
  defaultHostManagementRole?: string | undefined;
}

export interface SsmOptions {
  readonly hosts: DemoHosts;
  readonly messages: MessageService;
  readonly kms: KmsKeys;
  readonly settings: AccountSettings;
  readonly userName: string;
  /** ARN of who the credentials belong to: the owner of every session. */
  readonly callerArn: string;
  readonly clock: Clock;
}

const HOST_MANAGEMENT_SETTING = '/ssm/managed-instance/default-ec2-instance-management-role';

type Managed = (DemoInstance | DemoManagedNode) & { readonly agent: DemoAgent };

export function createSsmService({ hosts, messages, kms, settings, userName, callerArn, clock }: SsmOptions): AwsService {
  const describeInstanceInformation = (input: JsonObject, region: RegionEstate): JsonObject => {
    const maxResults = readCount(input, 'MaxResults', { min: 5, max: 50, fallback: 50 });
    const ofEc2 = region.instances.filter((instance): instance is DemoInstance & Managed => instance.agent !== undefined && instance.state !== 'terminated');
    const managed: readonly Managed[] = [...ofEc2, ...region.managedNodes.filter(({ listed }) => listed)];
    const matches = readFilters(input);
    const found = matches.length === 0 ? managed : managed.filter((instance) => matches.every((match) => match(instance)));
    return page(input, found, maxResults, 'InstanceInformationList', (instance) => toInformation(instance, clock.now()));
  };

  const describeSessions = (input: JsonObject): JsonObject => {
    const state = readText(input, 'State');
    if (state !== 'Active' && state !== 'History') throw invalid(`Value '${state}' at 'state' failed to satisfy constraint: Member must satisfy enum value set: [Active, History]`);
    const maxResults = readCount(input, 'MaxResults', { min: 1, max: 200, fallback: 200 });
    const filters = readObjects(input, 'Filters');
    const found = messages
      .sessions()
      .filter(({ status }) => (status === 'Terminated') === (state === 'History'))
      .filter((session) =>
        filters.every((filter) => {
          const value = readText(filter, 'value');
          switch (readText(filter, 'key')) {
            case 'Target':
              return session.target === value;
            case 'SessionId':
              return session.sessionId === value;
            case 'Status':
              return session.status === value;
            case 'AccessType':
              return value === 'Standard';
            case 'Owner':
              return callerArn === value;
            case 'InvokedAfter':
              return session.startDate * 1000 >= Date.parse(value);
            case 'InvokedBefore':
              return session.startDate * 1000 < Date.parse(value);
            default:
              throw new AwsError('InvalidFilterKey', 'The specified key is not valid.');
          }
        }),
      );
    return page(input, found, maxResults, 'Sessions', (session) => toSessionEntry(session, callerArn));
  };

  const startSession = (input: JsonObject, region: RegionEstate): JsonObject => {
    const target = readText(input, 'Target');
    const documentName = readOptionalText(input, 'DocumentName');
    const reason = readOptionalText(input, 'Reason');
    resolveSession(messages.documents, documentName, readParameters(input));
    const instance = targetOf(region, target);
    if (instance === undefined || !isConnected(instance)) throw new AwsError('TargetNotConnected', `${target} is not connected.`);
    const sessionId = `${userName}-${randomBytes(9).toString('hex').slice(0, 17)}`;
    const ticket = messages.openSession({
      sessionId,
      target,
      ...(documentName === undefined ? {} : { documentName }),
      ...(reason === undefined ? {} : { reason }),
      parameters: readParameters(input),
      host: hosts.host(instance),
      ...(instance.agent === undefined ? {} : { agentVersion: instance.agent.agentVersion }),
      preferences: settings.sessionPreferences,
      decryptDataKey: async (ciphertext, context) => kms.decrypt(region.region, ciphertext, context),
    });
    return toSession(sessionId, ticket);
  };

  const actions: Actions<JsonObject, JsonObject> = {
    DescribeInstanceInformation: describeInstanceInformation,
    DescribeSessions: describeSessions,
    StartSession: startSession,
    ResumeSession(input) {
      const sessionId = readText(input, 'SessionId');
      if (!messages.sessions().some((session) => session.sessionId === sessionId)) throw new AwsError('DoesNotExistException', `Session ${sessionId} does not exist.`);
      const ticket = messages.resumeSession(sessionId);
      // A session that is over has no token any more: section 7.2.
      return ticket === undefined ? { SessionId: sessionId } : toSession(sessionId, ticket);
    },
    TerminateSession(input) {
      const sessionId = readText(input, 'SessionId');
      if (!messages.terminateSession(sessionId)) throw new AwsError('DoesNotExistException', `Session ${sessionId} does not exist.`);
      return { SessionId: sessionId };
    },
    GetConnectionStatus(input, region) {
      const target = readText(input, 'Target');
      const instance = targetOf(region, target);
      return { Target: target, Status: instance !== undefined && isConnected(instance) ? 'connected' : 'notconnected' };
    },
    GetServiceSetting(input, region) {
      const settingId = readText(input, 'SettingId').replace(/^arn:[^/]*:servicesetting/, '');
      if (settingId !== HOST_MANAGEMENT_SETTING) throw new AwsError('ServiceSettingNotFound', `Setting ${settingId} does not exist.`);
      const role = settings.defaultHostManagementRole;
      return { ServiceSetting: { SettingId: settingId, SettingValue: role ?? '$None', Status: role === undefined ? 'Default' : 'Customized', ARN: `arn:aws:ssm:${region.region}:${callerArn.split(':')[4] ?? ''}:servicesetting${settingId}` } };
    },
    GetDocument(input) {
      const name = readText(input, 'Name');
      const preferences = settings.sessionPreferences;
      const known = Object.hasOwn(messages.documents, name) ? messages.documents[name] : undefined;
      const document = name !== SHELL_DOCUMENT ? known : preferences && preferencesDocument(preferences);
      if (document === undefined) throw new AwsError('InvalidDocument', `Document with name ${name} does not exist.`);
      return { Name: name, DocumentVersion: '1', Status: 'Active', Content: JSON.stringify(document), DocumentType: 'Session', DocumentFormat: 'JSON' };
    },
  };
  return createAwsService('ssm', awsJson, actions);
}

function targetOf(region: RegionEstate, target: string): DemoInstance | DemoManagedNode | undefined {
  return region.instances.find(({ instanceId }) => instanceId === target) ?? region.managedNodes.find(({ instanceId }) => instanceId === target);
}

function isConnected(target: DemoInstance | DemoManagedNode): boolean {
  return (!('state' in target) || target.state === 'running') && target.agent?.pingStatus === 'Online';
}

function toSession(sessionId: string, { tokenValue, streamUrl }: DataChannelTicket): JsonObject {
  return { SessionId: sessionId, TokenValue: tokenValue, StreamUrl: streamUrl };
}

function toSessionEntry(session: SessionSummary, owner: string): JsonObject {
  return {
    SessionId: session.sessionId,
    Target: session.target,
    Status: session.status,
    StartDate: session.startDate,
    EndDate: session.endDate,
    DocumentName: session.documentName,
    Owner: owner,
    Reason: session.reason,
    MaxSessionDuration: session.maxSessionDurationMinutes === undefined ? undefined : String(session.maxSessionDurationMinutes),
    AccessType: 'Standard',
  };
}

function toInformation(instance: Managed, nowMs: number): JsonObject {
  const { agent } = instance;
  return {
    InstanceId: instance.instanceId,
    PingStatus: agent.pingStatus,
    LastPingDateTime: (nowMs - agent.lastPingAgeSeconds * 1000) / 1000,
    AgentVersion: agent.agentVersion,
    IsLatestVersion: agent.isLatestVersion,
    PlatformType: agent.platformType,
    PlatformName: agent.platformName,
    PlatformVersion: agent.platformVersion,
    ...('state' in instance ? ofEc2(instance) : outsideEc2(instance)),
  };
}

function ofEc2({ instanceId, networkInterfaces: [primary] }: DemoInstance): JsonObject {
  const address = primary?.privateIpAddresses[0];
  return { ResourceType: EC2_INSTANCE, IPAddress: address?.privateIpAddress, ComputerName: address?.privateDnsName, SourceId: instanceId, SourceType: 'AWS::EC2::Instance' };
}

function outsideEc2({ instanceId, name, ipAddress, computerName, iamRole, registrationDate }: DemoManagedNode): JsonObject {
  return { ResourceType: MANAGED_INSTANCE, Name: name, IPAddress: ipAddress, ComputerName: computerName, IamRole: iamRole, RegistrationDate: Date.parse(registrationDate) / 1000, SourceId: instanceId, SourceType: 'AWS::SSM::ManagedInstance' };
}

/** Of DescribeInstanceInformation. */
const EC2_INSTANCE = 'EC2Instance';
const MANAGED_INSTANCE = 'ManagedInstance';

/** Both forms the API knows: `Filters` and the older `InstanceInformationFilterList`. */
function readFilters(input: JsonObject): ((instance: Managed) => boolean)[] {
  const given = [
    ...readObjects(input, 'Filters').map((filter) => ({ key: readText(filter, 'Key'), values: readTexts(filter, 'Values') })),
    ...readObjects(input, 'InstanceInformationFilterList').map((filter) => ({ key: readText(filter, 'key'), values: readTexts(filter, 'valueSet') })),
  ];
  return given.map(({ key, values }) => {
    const wanted = new Set(values);
    switch (key) {
      case 'InstanceIds':
        return (instance) => wanted.has(instance.instanceId);
      case 'PingStatus':
        return (instance) => wanted.has(instance.agent.pingStatus);
      case 'PlatformTypes':
        return (instance) => wanted.has(instance.agent.platformType);
      case 'AgentVersion':
        return (instance) => wanted.has(instance.agent.agentVersion);
      case 'ResourceType':
        return (instance) => wanted.has('state' in instance ? EC2_INSTANCE : MANAGED_INSTANCE);
      default:
        throw new AwsError('InvalidFilterKey', 'The specified key is not valid.');
    }
  });
}

function readParameters(input: JsonObject): Record<string, string[]> {
  const parameters = input['Parameters'] ?? {};
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) throw new AwsError('SerializationException', 'Parameters is not a map.');
  return Object.fromEntries(Object.keys(parameters).map((name) => [name, readTexts(parameters as JsonObject, name)]));
}

function page<T>(input: JsonObject, items: readonly T[], maxResults: number, listName: string, toJson: (item: T) => JsonObject): JsonObject {
  const token = readOptionalText(input, 'NextToken');
  const offset = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('utf8').replace(`${listName}:`, ''));
  if (!Number.isInteger(offset)) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  const next = offset + maxResults;
  return {
    [listName]: items.slice(offset, next).map(toJson),
    ...(next < items.length ? { NextToken: Buffer.from(`${listName}:${next}`).toString('base64') } : {}),
  };
}
