import assert from 'node:assert/strict';
import { TemplateLibrary } from '#messages/library.ts';
import { type Diagnostic, formatDiagnostic } from '#rules/diagnostic.ts';
import { loadRules } from '#rules/load.ts';

/**
 * What a file says about its own mistakes, as `line:col code`. Behind `# !` stands a code and the words of the line at which it points;
 * several are separated by ` ! `.
 */
export function announced(text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const [code = '', ...marks] = line.split(/ # ! | ! (?=[a-z-]+: )/);
    return marks.map((mark) => {
      const [, name = '', words = ''] = /^([a-z-]+): (.+)$/.exec(mark) ?? [];
      const at = code.indexOf(words);
      assert.ok(words !== '' && at >= 0, `line ${index + 1} has no ${mark}`);
      return `${index + 1}:${at + 1} ${name}`;
    });
  });
}

const templates = [{ name: 'ended', path: 'ended.hbs', text: '---\ntitle: "{{room.name}}"\n---\n' }];

/** Reads a rules file with one template. */
export function diagnose(text: string): readonly Diagnostic[] {
  const library = new TemplateLibrary(templates);
  const { diagnostics } = loadRules({
    text,
    file: 'rules.yaml',
    environment: (name) => (name === 'SECRET' ? 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' : name),
    templates: {
      names: library.names,
      describe: (name) => library.describe(name),
      checkText: (each) => {
        const { template, problems } = library.text(each);
        return { uses: template?.uses ?? [], problems };
      },
    },
  });
  return diagnostics;
}

/** Checks that a file has the mistakes that it says, and no other. */
export function checkMarks(text: string): void {
  const found = diagnose(text).filter(({ file }) => file === 'rules.yaml');
  assert.deepEqual(
    found.map(({ line, col, code }) => `${line}:${col} ${code}`).toSorted(),
    announced(text).toSorted(),
    found.map(formatDiagnostic).join('\n'),
  );
}

/** A file with sources of all three platforms, a destination and one rule with these conditions on these events. */
export function ruleWith(where: string, on = 'participant.joined'): string {
  return `version: 1
sources:
  meet: { plugnmeet: { url: "https://meet.example", keys: { "\${KEY}": "\${WORD}" } } }
  live: { livekit: { keys: { "\${KEY}": "\${WORD}" }, room_url: "https://join.example/{{room.id}}" } }
  vsdk: { videosdk: {} }
destinations: { ops: { preview: {} } }
lists: { vips: [ada, bob], rooms: [r1] }
rules:
  - id: uses-the-lists
    on: room.ended
    where: { room.id: { not_in_list: rooms }, room.parent_id: { not_in_list: vips, or_missing: true } }
    send: { to: ops, template: ended }
  - id: rule
    on: ${on}
    where:
${where.replace(/^ *\n|\n *$/g, '')}
    send: { to: ops, text: over }
`;
}
