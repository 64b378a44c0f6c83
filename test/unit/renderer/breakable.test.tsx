import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { breakable } from '../../../src/renderer/ui/breakable.tsx';

const markup = (text: string): string => renderToStaticMarkup(<>{breakable(text)}</>);

test('an IPv6 address may break after each of its colons, alone, with its prefix length, and within a sentence', () => {
  expect(markup('2001:db8:1234:5600:aaaa:bbbb:e:f000')).toBe('2001:<wbr/>db8:<wbr/>1234:<wbr/>5600:<wbr/>aaaa:<wbr/>bbbb:<wbr/>e:<wbr/>f000');
  expect(markup('2001:db8::/32')).toBe('2001:<wbr/>db8::/32');
  expect(markup('::1')).toBe('::<wbr/>1');
  expect(markup('SSH to 2001:db8::1: sg-1 lets fe80::/10 in')).toBe('SSH to 2001:<wbr/>db8::<wbr/>1: sg-1 lets fe80::/10 in');
});

test('nothing else is given breaks: names, times, hardware addresses, ARNs, and markup', () => {
  for (const text of ['ip-10-0-1-20.ec2.internal', '12:04:05', '2026-11-01T00:00:00Z', '0a:1b:2c:3d:4e:5f', 'arn:aws:ec2::123456789012:instance/i-1', 'ecs:a::b', '']) expect(markup(text)).toBe(text);
  expect(markup('<b>fe80::1</b>')).toBe('&lt;b&gt;fe80::<wbr/>1&lt;/b&gt;');
});
