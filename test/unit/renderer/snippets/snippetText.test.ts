import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expandSnippet, parametersOf } from '../../../../src/renderer/snippets/snippetText.ts';
import { fitsSnippet } from '../../../../src/renderer/snippets/offeredSnippets.ts';
import { instance } from '../literals.ts';

const none = new Set<string>();
const expand = (text: string, values: Record<string, string> = {}, quoted: ReadonlySet<string> = none) => expandSnippet({ text, enter: true }, values, quoted);

/** Each would run something, end a quote, or name another file, if it were taken for more than text. */
const hostile = ["'; touch pwned; '", '"; touch pwned; "', '$(touch pwned)', '`touch pwned`', '$HOME', '\\', "\\'", "a'b\\", '"\'"\'$(touch pwned)', '${IFS}x', '*', '~root', '!!', '-n', '{a,b}', '> pwned', '& touch pwned', '| touch pwned', '日本語 と空白', '', '#x', '{{name}}', '=ls', '%1'];

const shells = ['/bin/bash', '/bin/dash', '/usr/bin/zsh', '/usr/bin/fish'].filter((path) => existsSync(path));

/** What the shell made of each line. */
function outputs(shell: string, lines: readonly string[]): readonly string[] {
  const printed = execFileSync(shell, ['-c', lines.join("\nprintf '\\n'\n")], { cwd: '/', encoding: 'utf8', env: { PATH: '/usr/bin:/bin', HOME: '/canary-home' } });
  return printed.split('\n');
}

test('the parameters are asked for once each, in the order of the text, with the default or the first choice to begin with', () => {
  expect(parametersOf({ text: 'tail -n {{lines:100}} {{file|sh}} {{lines}} {{env}}', choices: { env: ['prod', 'stage'] } })).toEqual([
    { name: 'lines', initial: '100', choices: [], quoted: false },
    { name: 'file', initial: '', choices: [], quoted: true },
    { name: 'env', initial: 'prod', choices: ['prod', 'stage'], quoted: false },
  ]);
});

test('braces that name no parameter stay, and a backslash keeps those that would', () => {
  const text = String.raw`docker ps --format '{{.Names}}' {{json .}} \{{name}} {{ name }}`;
  expect(parametersOf({ text })).toEqual([]);
  expect(expand(text).text).toBe("docker ps --format '{{.Names}}' {{json .}} {{name}} {{ name }}");
});

test('what a value holds is never read as a parameter, nor as one of an object\'s own names', () => {
  expect(expand('{{a}}-{{b}}', { a: '{{b}}', b: 'x' }).text).toBe('{{b}}-x');
  expect(expand('{{constructor}}|{{__proto__}}', {}).text).toBe('|');
});

test('trailing line breaks are left to the one Enter that is sent', () => {
  expect(expand('uptime\n\n').text).toBe('uptime');
  expect(expandSnippet({ text: 'uptime\n', enter: false }, {}, none).text).toBe('uptime\n');
});

test('a value with a line break or a control character is refused, quoted or not', () => {
  for (const value of ['a\nb', 'a\rb', 'a\u001b[201~b', '\u009b', '\u0003']) {
    expect(expand('echo {{x}} {{y|sh}}', { x: value, y: value }).problems).toEqual(new Map([['x', 'control'], ['y', 'control']]));
  }
});

test('an unquoted value that a shell makes more of is named', () => {
  expect(expand('echo {{x}} {{y}}', { x: 'a;b', y: 'web-1.example' }).bare).toEqual(new Set(['x']));
  expect(expand('echo {{x}}', { x: 'a;b' }, new Set(['x']))).toEqual({ text: "echo 'a;b'", problems: new Map(), bare: new Set() });
});

test.each(shells)('%s takes a quoted value as the one word it is, wherever it stands', (shell) => {
  const texts = ["printf '<%s>' {{v|sh}}", "printf '<%s\\076' {{v|sh}}", "printf '<%s>' \"{{v|sh}}\"", "printf '<%s>' '{{v|sh}}'", "printf '<%s>' pre{{v|sh}}post | sed 's/<pre/</;s/post>$/>/'", "printf '<%s>' \"$(printf '%s' {{v|sh}})\"", "printf '<%s>' \"$(printf '%s' \"{{v|sh}}\")\"", "printf '<%s>' \"\\$({{v|sh}}\" | sed 's/<$(/</'"];
  const plain = shell.endsWith('fish') ? texts.slice(0, 4) : texts;
  for (const text of plain) {
    const expansions = hostile.map((value) => expand(text, { v: value }));
    expect(expansions.every(({ problems }) => problems.size === 0), text).toBe(true);
    expect(outputs(shell, expansions.map((one) => one.text)), text).toEqual(hostile.map((value) => `<${value}>`));
  }
});

test('where the text is too involved to quote behind, only harmless values go', () => {
  for (const text of ['cat <<END\n{{v|sh}}\nEND', 'echo `echo {{v|sh}}`', 'echo ${x:-{{v|sh}}}', "echo $'{{v|sh}}'", 'echo $(( {{v|sh}} ))', '# it\'s\necho {{v|sh}}', "sed 's/\\'{{v|sh}}", 'echo $(case a in a) echo {{v|sh}};; esac)', 'echo "a$$({{v|sh}}"', 'cat <<{{v|sh}}']) {
    expect(expand(text, { v: '$(id)' }).problems, text).toEqual(new Map([['v', 'unquotable']]));
    expect(expand(text, { v: 'web-1' }).problems, text).toEqual(new Map());
  }
});

test('a quote that an unquoted value opens is known to the quoted ones behind it', () => {
  const { text } = expand("printf '<%s>' {{raw}}{{v|sh}}\"", { raw: '"', v: '$(touch pwned)' });
  expect(outputs('/bin/dash', [text])).toEqual(['<$(touch pwned)>']);
});

test('a snippet is offered where a tag, the account or the host fits, and everywhere when it names none', () => {
  const target = { hostId: 'i-0aaa', hostName: 'web-1', instance: instance({ tags: { env: 'prod', note: 'a=b' } }) };
  expect(fitsSnippet({}, target)).toBe(true);
  expect(fitsSnippet({ tags: ['env=prod'] }, target)).toBe(true);
  expect(fitsSnippet({ tags: ['note=a=b'] }, target)).toBe(true);
  expect(fitsSnippet({ tags: ['env=stage'], accounts: ['999999999999'] }, target)).toBe(false);
  expect(fitsSnippet({ tags: ['toString=x'] }, target)).toBe(false);
  expect(fitsSnippet({ accounts: ['123456789012'] }, target)).toBe(true);
  expect(fitsSnippet({ hosts: ['web-*'] }, target)).toBe(true);
  expect(fitsSnippet({ hosts: ['db-*'] }, { ...target, instance: undefined })).toBe(false);
});
