/**
 * Ranks the ways into an instance from facts already held, each with the fact it rests on. Pure: nothing is tried here.
 */
import type { Instance } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import type { Route, RoutePlan } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import { planDirect } from './planDirect.ts';
import { planEice } from './planEice.ts';
import { planJump } from './planJump.ts';
import { planSerial } from './planSerial.ts';
import type { PlanFacts, Verdict } from './verdict.ts';
import { notRunning, SSH_PORT } from './verdict.ts';

/** Best way first: `yes` before `unknown` before `no`, and among equals the one that needs least. */
export function planRoutes(instance: Instance, facts: PlanFacts): RoutePlan[] {
  const plans = instance.managedNode !== undefined ? [planSessionManager(instance, facts), planSsm(instance, facts)] : [planSessionManager(instance, facts), ...planDirect(instance, facts), planSsm(instance, facts), ...planJump(instance, facts), ...planEice(instance, facts), ...planSerial(instance, facts)];
  const order = { yes: 0, unknown: 1, no: 3 };
  const rank = ({ route, usable }: RoutePlan): number => order[usable] + (usable === 'unknown' ? doubt(route) : 0);
  // Whether this machine is in the network of a private address no fact tells; the serial console is for when nothing else works.
  const doubt = (route: Route): number => (route.kind === 'serial' ? 1.5 : route.kind === 'direct' && isPrivateAddressOf(instance, route.address) ? 1 : 0);
  return plans.toSorted((a, b) => rank(a) - rank(b));
}

function isPrivateAddressOf(instance: Instance, address: string): boolean {
  return instance.networkInterfaces.some((eni) => eni.privateIpAddresses.some(({ privateIpAddress }) => privateIpAddress === address));
}

function planSessionManager(instance: Instance, facts: PlanFacts): RoutePlan {
  return { route: { kind: 'session-manager', instanceId: instance.instanceId }, ...judgeSessionManager(instance, facts) };
}

function planSsm(instance: Instance, facts: PlanFacts): RoutePlan {
  const port = facts.port ?? SSH_PORT;
  const route: Route = { kind: 'ssm', instanceId: instance.instanceId, port };
  const { usable, reason } = judgeSessionManager(instance, facts);
  if (usable !== 'yes') return { route, usable, reason };
  if (port !== SSH_PORT) return { route, usable, reason: say`${reason} Port ${port} through it needs no inbound rule.` };
  if (isWindows(instance)) return { route, usable: 'unknown', reason: say`${reason} Windows seldom runs an SSH server.` };
  return { route, usable, reason: say`${reason} SSH through it needs a key and no inbound rule.` };
}

function judgeSessionManager(instance: Instance, facts: PlanFacts): Verdict {
  if (instance.managedNode === undefined && instance.state !== 'running') return notRunning(instance);
  if (instance.managedNode !== undefined && instance.ssm === undefined) return { usable: 'unknown', reason: say`Systems Manager lists no containers of ECS: whether ECS Exec is on shows when it is tried.` };
  if (!instance.ssmKnown) return { usable: 'unknown', reason: say`Systems Manager has not told yet whether its agent runs there.` };
  const { ssm } = instance;
  if (ssm === undefined) {
    return { usable: 'no', reason: say`Not registered with Systems Manager: the agent is missing, has no way out on port 443, or its instance profile does not allow it.` };
  }
  const age = ssm.lastPingDateTime === undefined ? '' : say`, last heard ${ageOf(ssm.lastPingDateTime, facts.now)}`;
  if (ssm.pingStatus === 'Online') return { usable: 'yes', reason: say`SSM agent ${ssm.agentVersion ?? say`(version unknown)`} is online${age}.` };
  return { usable: 'no', reason: say`SSM agent is not answering (${ssm.pingStatus}${age}).` };
}

/** `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`. */
function ageOf(isoTime: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(isoTime)) / 1000));
  if (seconds < 90) return say`${seconds} s ago`;
  if (seconds < 90 * 60) return say`${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return say`${Math.round(seconds / 3600)} h ago`;
  return say`${Math.round(seconds / 86_400)} d ago`;
}
