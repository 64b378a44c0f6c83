import type { Client, ClientChannel } from 'ssh2';
import { expect, test } from 'vitest';
import { TerminalWindows, terminalWindowBytes } from '../../../src/services/ssh/terminalWindow.ts';

const KIBIBYTE = 1024;

/** As ssh2 keeps them: what the host may still send, and how it is told of more. */
function createConnection() {
  const told: string[] = [];
  const protocol = { channelWindowAdjust: (channel: number, byteCount: number) => void told.push(`${channel}: ${byteCount / KIBIBYTE} KiB`) };
  const windows = new TerminalWindows({ _protocol: protocol } as unknown as Client);
  const openChannel = (id: number) => {
    const channel = { incoming: { id, state: 'open', window: 2048 * KIBIBYTE }, outgoing: { id, state: 'open', window: 0 }, readableLength: 0 };
    const window = windows.of(channel as unknown as ClientChannel);
    return {
      channel,
      window,
      /** The host sends, and it is read at once unless nobody does. */
      receive: (kibibytes: number, read = true) => {
        channel.incoming.window -= kibibytes * KIBIBYTE;
        if (!read) channel.readableLength += kibibytes * KIBIBYTE;
        // ssh2 counts what it wants to give before it says so.
        const wanted = 2048 * KIBIBYTE - channel.incoming.window;
        channel.incoming.window += wanted;
        protocol.channelWindowAdjust(id, wanted);
        if (read) window.read();
      },
    };
  };
  return { windows, protocol, openChannel, told };
}

test('a terminal lets the host have under way what can be shown in a round trip: 256 KiB next door, 2 MiB far away or where nothing was measured', () => {
  expect([undefined, 0, 0.4, 8, 10, 40, 64, 80, 1000].map((roundTripMs) => terminalWindowBytes(roundTripMs) / KIBIBYTE)).toEqual([2048, 256, 256, 256, 320, 1280, 2048, 2048, 2048]);
});

test('once the round trip is known the window shrinks to it as the host uses up what it was given', () => {
  const { windows, openChannel, told } = createConnection();
  const { channel, receive } = openChannel(3);
  windows.measured(1);
  for (let sent = 0; sent < 1824; sent += 32) receive(32);
  expect(told).toEqual([]);
  expect(channel.incoming.window).toBe(224 * KIBIBYTE);
  receive(32);
  expect(told).toEqual(['3: 64 KiB']);
  expect(channel.incoming.window).toBe(256 * KIBIBYTE);
});

test('what nobody has read counts as under way, and the window opens again when it is read', () => {
  const { windows, openChannel, told } = createConnection();
  const { channel, window, receive } = openChannel(3);
  windows.measured(1);
  for (let sent = 0; sent < 2048; sent += 32) receive(32, false);
  expect(channel.incoming.window).toBe(0);
  expect(told).toEqual([]);
  channel.readableLength = 0;
  window.read();
  expect(told).toEqual(['3: 256 KiB']);
  expect(channel.incoming.window).toBe(256 * KIBIBYTE);
});

test('a round trip that stood behind a flood counts for nothing beside a shorter one, until eight others came after that', () => {
  const { windows, openChannel, told } = createConnection();
  const { channel, window } = openChannel(3);
  channel.incoming.window = 0;
  windows.measured(1);
  windows.measured(500);
  window.read();
  for (let time = 0; time < 8; time += 1) windows.measured(20);
  window.read();
  expect(told).toEqual(['3: 256 KiB', '3: 384 KiB']);
});

test('other channels of the connection keep the windows that ssh2 gives them, and so does the next one of the same number', () => {
  const { windows, openChannel, protocol, told } = createConnection();
  const { window } = openChannel(3);
  windows.measured(1);
  protocol.channelWindowAdjust(4, 1024 * KIBIBYTE);
  window.forget();
  protocol.channelWindowAdjust(3, 1024 * KIBIBYTE);
  expect(told).toEqual(['4: 1024 KiB', '3: 1024 KiB']);
});

test('what is still read of a closed channel changes nothing for the next one with its number', () => {
  const { windows, openChannel, told } = createConnection();
  windows.measured(1);
  const first = openChannel(3);
  for (let sent = 0; sent < 2048; sent += 32) first.receive(32, false);
  first.channel.incoming.state = 'closed';
  const next = openChannel(3);
  first.channel.readableLength = 0;
  first.window.read();
  first.window.forget();
  for (let sent = 0; sent < 1824; sent += 32) next.receive(32);
  expect(told).toEqual([]);
  next.receive(32);
  expect(told).toEqual(['3: 64 KiB']);
});
