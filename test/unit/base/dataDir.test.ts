import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { dataDir } from '../../../src/services/base/dataDir.ts';
import { temporaryFolder } from './temporaryFolder.ts';

test('on Linux the data folder is in XDG_DATA_HOME, else in ~/.local/share, and a relative XDG_DATA_HOME is ignored', () => {
  const home = temporaryFolder();
  expect(dataDir({ HOME: home, XDG_DATA_HOME: join(home, 'xdg') }, 'linux')).toBe(join(home, 'xdg', 'postern'));
  expect(dataDir({ HOME: home }, 'linux')).toBe(join(home, '.local', 'share', 'postern'));
  expect(dataDir({ HOME: home, XDG_DATA_HOME: 'relative' }, 'linux')).toBe(join(home, '.local', 'share', 'postern'));
});

test('on macOS the data folder is in Application Support', () => {
  const home = temporaryFolder();
  expect(dataDir({ HOME: home }, 'darwin')).toBe(join(home, 'Library', 'Application Support', 'Postern'));
});

test('POSTERN_DATA_DIR comes before every convention, and an empty one counts as none', () => {
  const home = temporaryFolder();
  expect(dataDir({ HOME: home, POSTERN_DATA_DIR: join(home, 'mine') }, 'darwin')).toBe(join(home, 'mine'));
  expect(dataDir({ HOME: home, POSTERN_DATA_DIR: '' }, 'linux')).toBe(join(home, '.local', 'share', 'postern'));
});

test('a folder that is made is open to its owner only; one that exists keeps its mode', () => {
  const home = temporaryFolder();
  expect(statSync(dataDir({ POSTERN_DATA_DIR: join(home, 'a', 'b') }, 'linux')).mode & 0o777).toBe(0o700);
  const own = join(home, 'own');
  mkdirSync(own);
  chmodSync(own, 0o755);
  expect(statSync(dataDir({ POSTERN_DATA_DIR: own }, 'linux')).mode & 0o777).toBe(0o755);
});

test('a folder that cannot be made is named', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const folder = join(file, 'data');
  expect(() => dataDir({ POSTERN_DATA_DIR: folder }, 'linux')).toThrow(new PosternError({ code: 'data.write-failed', message: `The data folder ${folder} cannot be made.`, remedy: 'Make it by hand, or name another one in POSTERN_DATA_DIR.' }));
});
