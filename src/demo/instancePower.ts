/**
 * Switches the demo's instances on and off as EC2 does: states that take their time, automatic addresses that are given back and
 * replaced, hosts whose connections end, and the two protections. The one place that changes an estate while it is served.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
 */
import type { Clock } from '../services/base/clock.ts';
import { AwsError } from './awsError.ts';
import type { DemoHosts } from './demoHosts.ts';
import { publicDnsName } from './estateIds.ts';
import type { DemoAgent, DemoAssociation, DemoInstance, DemoInstanceState, DemoNetworkInterface, DemoPrivateIpAddress } from './estateModel.ts';
import { toEc2Time } from './expandInstance.ts';

/** Long enough to be watched. */
const TRANSITION_MS = 4000;
/** Of TEST-NET-2 (RFC 5737): no address of the story is there. */
const FRESH_ADDRESSES = '198.51.100.';
const FIRST_FRESH = 20;
const FRESH_COUNT = 200;

/** Who wants to be kept, in the story. */
const protectedRoles: ReadonlySet<string> = new Set(['db', 'vault']);
const stopProtectedRoles: ReadonlySet<string> = new Set(['vault']);
const hibernatingRoles: ReadonlySet<string> = new Set(['batch']);

export interface PowerSwitches {
  /** How long pending, stopping and shutting down take. */
  transitionMs: number;
  /** Starts of these instances are accepted and come to nothing, for this reason; by instance id. */
  readonly failingStarts: Map<string, { readonly code: string; readonly message: string }>;
}

export interface StateChange {
  readonly previous: DemoInstanceState;
  readonly current: DemoInstanceState;
}

export interface InstancePower {
  readonly switches: PowerSwitches;
  start(instance: DemoInstance): StateChange;
  stop(instance: DemoInstance, hibernate: boolean): StateChange;
  terminate(instance: DemoInstance): StateChange;
  reboot(instance: DemoInstance): void;
  protection(instance: DemoInstance): { readonly termination: boolean; readonly stop: boolean };
  protect(instance: DemoInstance, change: { readonly termination?: boolean; readonly stop?: boolean }): void;
  canHibernate(instance: DemoInstance): boolean;
  close(): void;
}

export interface InstancePowerOptions {
  readonly hosts: Pick<DemoHosts, 'switchOff'>;
  /** Ends the Session Manager sessions of an instance whose agent is gone. */
  readonly endSessions: (instanceId: string) => void;
  /** Addresses belong to other instances than before. */
  readonly onAddresses: () => void;
  readonly clock: Clock;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function createInstancePower({ hosts, endSessions, onAddresses, clock }: InstancePowerOptions): InstancePower {
  const switches: PowerSwitches = { transitionMs: TRANSITION_MS, failingStarts: new Map() };
  const protections = new Map<string, { termination: boolean; stop: boolean }>();
  /** Addresses that had an automatic public one before the stop: AWS gives them another at the start. */
  const awaitingAddress = new Set<DemoPrivateIpAddress>();
  const agents = new Map<string, DemoAgent>();
  const timers = new Map<string, NodeJS.Timeout>();
  let given = 0;

  const protectionOf = ({ instanceId, tags }: DemoInstance): { termination: boolean; stop: boolean } => {
    const known = protections.get(instanceId) ?? { termination: protectedRoles.has(tags['role'] ?? ''), stop: stopProtectedRoles.has(tags['role'] ?? '') };
    protections.set(instanceId, known);
    return known;
  };
  const moment = (): string => toEc2Time(clock.now()).replace('T', ' ').replace('Z', ' GMT');
  const refuse = ({ instanceId }: DemoInstance, doing: string): AwsError => new AwsError('IncorrectInstanceState', `The instance '${instanceId}' is not in a state from which it can be ${doing}.`);

  function set(instance: DemoInstance, state: DemoInstanceState, reason: { readonly code: string; readonly message: string } | undefined): void {
    const changed = instance as Mutable<DemoInstance>;
    changed.state = state;
    changed.stateTransitionReason = state === 'running' || state === 'pending' ? '' : `User initiated (${moment()})`;
    if (reason === undefined) delete changed.stateReason;
    else changed.stateReason = reason;
  }

  function later(instance: DemoInstance, work: () => void): void {
    clearTimeout(timers.get(instance.instanceId));
    const timer = setTimeout(() => {
      timers.delete(instance.instanceId);
      work();
    }, switches.transitionMs);
    timer.unref();
    timers.set(instance.instanceId, timer);
  }

  function switchOff(instance: DemoInstance): void {
    hosts.switchOff(instance);
    endSessions(instance.instanceId);
    const { agent } = instance;
    if (agent === undefined || agents.has(instance.instanceId)) return;
    agents.set(instance.instanceId, agent);
    if (agent.pingStatus === 'Online') (instance as Mutable<DemoInstance>).agent = { ...agent, pingStatus: 'ConnectionLost' };
  }

  function switchOn(instance: DemoInstance): void {
    const agent = agents.get(instance.instanceId);
    if (agent !== undefined) (instance as Mutable<DemoInstance>).agent = agent;
    agents.delete(instance.instanceId);
  }

  const addressesOf = (instance: DemoInstance): readonly DemoPrivateIpAddress[] => instance.networkInterfaces.flatMap((one: DemoNetworkInterface) => one.privateIpAddresses);

  /** An Elastic IP stays; an automatic address goes back to AWS. */
  function giveAddressesBack(instance: DemoInstance): void {
    for (const address of addressesOf(instance)) {
      if (address.association === undefined || address.association.allocationId !== undefined) continue;
      awaitingAddress.add(address);
      delete (address as Mutable<DemoPrivateIpAddress>).association;
    }
    onAddresses();
  }

  function takeAddresses(instance: DemoInstance): void {
    for (const address of addressesOf(instance)) {
      if (!awaitingAddress.delete(address)) continue;
      const publicIp = `${FRESH_ADDRESSES}${FIRST_FRESH + (given % FRESH_COUNT)}`;
      given += 1;
      (address as Mutable<DemoPrivateIpAddress>).association = { publicIp, publicDnsName: publicDnsName(instance.region, publicIp), ipOwnerId: 'amazon' } satisfies DemoAssociation;
    }
    onAddresses();
  }

  return {
    switches,
    start(instance) {
      const previous = instance.state;
      if (previous === 'running' || previous === 'pending') return { previous, current: previous };
      if (previous !== 'stopped') throw refuse(instance, 'started');
      set(instance, 'pending', undefined);
      (instance as Mutable<DemoInstance>).launchTime = toEc2Time(clock.now());
      takeAddresses(instance);
      const failing = switches.failingStarts.get(instance.instanceId);
      later(instance, () => {
        if (failing !== undefined) {
          giveAddressesBack(instance);
          set(instance, 'stopped', failing);
          return;
        }
        set(instance, 'running', undefined);
        switchOn(instance);
      });
      return { previous, current: 'pending' };
    },
    stop(instance, hibernate) {
      const previous = instance.state;
      if (previous === 'stopped' || previous === 'stopping') return { previous, current: previous };
      if (previous !== 'running') throw refuse(instance, 'stopped');
      if (protectionOf(instance).stop) throw new AwsError('OperationNotPermitted', `The instance '${instance.instanceId}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`);
      if (hibernate && !hibernatingRoles.has(instance.tags['role'] ?? '')) throw new AwsError('UnsupportedHibernationConfiguration', `Hibernation is not enabled for the instance '${instance.instanceId}'.`);
      set(instance, 'stopping', hibernate ? { code: 'Client.UserInitiatedHibernate', message: 'Client.UserInitiatedHibernate: User initiated hibernate' } : { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' });
      switchOff(instance);
      const { stateReason } = instance;
      later(instance, () => {
        giveAddressesBack(instance);
        set(instance, 'stopped', stateReason);
      });
      return { previous, current: 'stopping' };
    },
    terminate(instance) {
      const previous = instance.state;
      if (previous === 'terminated' || previous === 'shutting-down') return { previous, current: previous };
      if (protectionOf(instance).termination) throw new AwsError('OperationNotPermitted', `The instance '${instance.instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`);
      const reason = { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' };
      set(instance, 'shutting-down', reason);
      switchOff(instance);
      later(instance, () => {
        set(instance, 'terminated', reason);
        const gone = instance as Mutable<DemoInstance>;
        gone.networkInterfaces = [];
        delete gone.vpcId;
        delete gone.subnetId;
        delete gone.agent;
        onAddresses();
      });
      return { previous, current: 'shutting-down' };
    },
    reboot(instance) {
      if (instance.state !== 'running') throw refuse(instance, 'rebooted');
      hosts.switchOff(instance);
      endSessions(instance.instanceId);
    },
    protection: (instance) => protectionOf(instance),
    protect(instance, change) {
      Object.assign(protectionOf(instance), change);
    },
    canHibernate: ({ tags }) => hibernatingRoles.has(tags['role'] ?? ''),
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
