/**
 * The EC2 calls Postern reads with: all pages, rows told in slices as they are read, errors with codes.
 *
 * The SDK signs, retries and reads errors; a 200 answer is taken out of its hands before it parses it (it would block the main
 * thread for 0.6-0.9 s a page of 1,000 instances) and read by the scanner instead.
 */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { MiddlewareStack } from '@smithy/types';
import { Readable } from 'node:stream';
import type { Scope } from '../../contract/scope.ts';
import { IN_PLACE_BYTES, type AnswerScanner } from './answerScanner.ts';
import { toAwsError } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';
import type { Ec2Call, RowOf } from './ec2Answers.ts';
import { XmlScanError } from './xmlScan.ts';

/** The largest page EC2 gives. */
const PAGE_ROWS = 1000;
/** The largest page of the one call that gives fewer. */
const ENDPOINT_PAGE_ROWS = 50;
/** What the calls about one VPC all give: their own bounds are 100, 255 or 1,000. */
const VPC_PAGE_ROWS = 100;
/** No account has this many pages; an endpoint that never ends its list must not be asked for ever. */
const MAX_PAGES = 10_000;

/** What every call of one reading of a scope has in common. */
export interface Reading {
  readonly clients: ScopeClients;
  readonly scanner: AnswerScanner;
  /** What the rows carry as theirs. */
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** Only these, at most INSTANCES_A_CALL; absent: all. */
  readonly instanceIds?: readonly string[];
  /** Of the calls about one VPC; absent: all of the scope. */
  readonly filters?: readonly CallFilter[];
}

/** Narrows a call to what has one of the values. */
export interface CallFilter { readonly Name: string; readonly Values: readonly string[] }

/** As many instances DescribeInstanceStatus takes by id at once. */
export const INSTANCES_A_CALL = 100;

/** Rows of one answer: told in order, in slices. */
export type OnRows<C extends Ec2Call> = (rows: readonly RowOf<C>[]) => void;

/**
 * Ask EC2 for all pages of one kind of thing.
 *
 * @param onPage told after each page was read
 * @throws PosternError any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
export async function describe<C extends Ec2Call>(call: C, reading: Reading, onRows: OnRows<C>, onPage: () => void = () => undefined): Promise<void> {
  const { clients, signal } = reading;
  try {
    const client = await clients.ec2();
    let nextToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const previousToken = nextToken;
      nextToken = await describePage(call, client, reading, onRows, nextToken);
      onPage();
      if (nextToken === undefined) return;
      if (nextToken === previousToken) throw new XmlScanError('the same page is named as the next one');
    }
    throw new XmlScanError('the list does not end');
  } catch (thrown) {
    if (signal.aborted) throw toAwsError(Object.assign(new Error('cancelled', { cause: thrown }), { name: 'AbortError' }), clients.call('ec2', call));
    throw toAwsError(thrown, clients.call('ec2', call));
  }
}

async function describePage<C extends Ec2Call>(call: C, client: EC2Client, { scanner, scope, signal, instanceIds, filters }: Reading, onRows: OnRows<C>, nextToken: string | undefined): Promise<string | undefined> {
  let body: Uint8Array<ArrayBuffer> | undefined;
  const command = await commandOf(call, nextToken, { instanceIds, filters }, async (answer) => {
    body = await wholeBody(answer, scanner);
  });
  await client.send(command, { abortSignal: signal });
  if (body === undefined) throw new XmlScanError('the answer is empty');
  signal.throwIfAborted();
  return scanner.scan(call, body, scope, (rows) => {
    if (!signal.aborted) onRows(rows);
  });
}

type TakeBody = (body: unknown) => Promise<void>;

/** DescribeAddresses, DescribeKeyPairs and DescribeRegions have one page only. */
async function commandOf(call: Ec2Call, nextToken: string | undefined, { instanceIds, filters }: { readonly instanceIds: readonly string[] | undefined; readonly filters: readonly CallFilter[] | undefined }, take: TakeBody) {
  const ec2 = await import('@aws-sdk/client-ec2');
  const page = { MaxResults: PAGE_ROWS, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
  const chosen = filters?.map(({ Name, Values }) => ({ Name, Values: [...Values] }));
  const filtered = { ...page, MaxResults: VPC_PAGE_ROWS, ...(chosen === undefined ? {} : { Filters: chosen }) };
  switch (call) {
    case 'DescribeInstances':
      // By filter and not by id: an instance that is gone is then left out, and fails nothing.
      return takingBody(new ec2.DescribeInstancesCommand(instanceIds === undefined ? page : { ...page, Filters: [{ Name: 'instance-id', Values: [...instanceIds] }] }), take);
    case 'DescribeNetworkInterfaces':
      return takingBody(new ec2.DescribeNetworkInterfacesCommand(page), take);
    case 'DescribeInstanceStatus':
      return takingBody(new ec2.DescribeInstanceStatusCommand(instanceIds === undefined ? page : { InstanceIds: [...instanceIds], IncludeAllInstances: true }), take);
    case 'DescribeSubnets':
      return takingBody(new ec2.DescribeSubnetsCommand(page), take);
    case 'DescribeVpcs':
      return takingBody(new ec2.DescribeVpcsCommand(page), take);
    case 'DescribeSecurityGroups':
      return takingBody(new ec2.DescribeSecurityGroupsCommand(page), take);
    case 'DescribeInstanceConnectEndpoints':
      return takingBody(new ec2.DescribeInstanceConnectEndpointsCommand({ ...page, MaxResults: ENDPOINT_PAGE_ROWS }), take);
    case 'DescribeRouteTables':
      return takingBody(new ec2.DescribeRouteTablesCommand(filtered), take);
    case 'DescribeNetworkAcls':
      return takingBody(new ec2.DescribeNetworkAclsCommand(filtered), take);
    case 'DescribeInternetGateways':
      return takingBody(new ec2.DescribeInternetGatewaysCommand(filtered), take);
    case 'DescribeEgressOnlyInternetGateways':
      return takingBody(new ec2.DescribeEgressOnlyInternetGatewaysCommand({ ...page, MaxResults: VPC_PAGE_ROWS }), take);
    case 'DescribeNatGateways':
      return takingBody(new ec2.DescribeNatGatewaysCommand({ ...page, MaxResults: VPC_PAGE_ROWS, ...(chosen === undefined ? {} : { Filter: chosen }) }), take);
    case 'DescribeVpcEndpoints':
      return takingBody(new ec2.DescribeVpcEndpointsCommand(filtered), take);
    case 'DescribeManagedPrefixLists':
      return takingBody(new ec2.DescribeManagedPrefixListsCommand(filtered), take);
    case 'DescribeVpcPeeringConnections':
      return takingBody(new ec2.DescribeVpcPeeringConnectionsCommand(filtered), take);
    case 'DescribeDhcpOptions':
      return takingBody(new ec2.DescribeDhcpOptionsCommand(filtered), take);
    case 'DescribeAddresses':
      return takingBody(new ec2.DescribeAddressesCommand({}), take);
    case 'DescribeKeyPairs':
      return takingBody(new ec2.DescribeKeyPairsCommand({}), take);
    case 'DescribeRegions':
      return takingBody(new ec2.DescribeRegionsCommand({}), take);
  }
}

/** Give the body of a 200 answer to `take` before the SDK parses it. */
function takingBody<I extends object, O extends object, C extends { readonly middlewareStack: MiddlewareStack<I, O> }>(command: C & { readonly middlewareStack: MiddlewareStack<I, O> }, take: TakeBody): C {
  command.middlewareStack.add(
    (next) => async (args) => {
      const { response } = await next(args);
      if (isAnswer(response) && response.statusCode === 200) {
        // Read here, so that a body that breaks off is retried by the SDK like any other network fault.
        await take(response.body);
        // Nothing is left for the SDK to parse; it takes the request id from the headers.
        response.body = new Uint8Array();
      }
      return { response };
    },
    { step: 'deserialize', priority: 'low', name: 'posternScan' },
  );
  return command;
}

function isAnswer(response: unknown): response is { readonly statusCode: number; body: unknown } {
  return typeof response === 'object' && response !== null && 'statusCode' in response && 'body' in response;
}

/** In a buffer of its own, which can be given to the worker. A body that turns out large lets the worker start while the rest arrives. */
async function wholeBody(body: unknown, scanner: AnswerScanner): Promise<Uint8Array<ArrayBuffer>> {
  if (!(body instanceof Readable)) throw new XmlScanError('the answer has no body');
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    if (!(piece instanceof Uint8Array)) throw new XmlScanError('the answer has no body');
    pieces.push(piece);
    size += piece.byteLength;
    if (size > IN_PLACE_BYTES) scanner.prepare();
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
