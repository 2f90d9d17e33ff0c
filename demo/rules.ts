import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { OperatorError } from '#runtime/operator-error.ts';

/**
 * The shipped rules, with every destination made a preview, a join address for every source, and this machine's time zone; without quiet
 * hours, because somebody is watching, and without their tests, which are about the hours. `rooms` is where the meeting rooms are. Throws
 * an OperatorError when the file is no YAML.
 */
export function rulesForDemo(
  shipped: string,
  { rooms, timezone }: { rooms: string; timezone: string },
): string {
  const rules = parseDocument(shipped);
  const [problem] = rules.errors;
  if (problem) throw new OperatorError(`rules.yaml: ${problem.message}`);
  rules.set('timezone', timezone);
  rules.delete('tests');
  rules.delete('quiet_hours');
  const listed = rules.get('rules');
  const count = isSeq(listed) ? listed.items.length : 0;
  for (let index = 0; index < count; index++) rules.deleteIn(['rules', index, 'send', 'quiet_hours']);
  for (const name of namesIn(rules.get('destinations'))) {
    rules.setIn(['destinations', name], rules.createNode({ preview: {} }));
  }
  const sources = rules.get('sources');
  for (const name of namesIn(sources)) {
    for (const type of namesIn(rules.getIn(['sources', name]))) {
      rules.setIn(['sources', name, type, 'room_url'], `${rooms}/{{room.id}}`);
    }
  }
  return String(rules);
}

function namesIn(node: unknown): string[] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
}
