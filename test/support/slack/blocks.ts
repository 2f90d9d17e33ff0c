import { type JsonObject, Refusal, refusalWith } from './refusal.ts';
import { richTextBlock } from './rich-text.ts';
import {
  asObject,
  byType,
  type Check,
  complain,
  flag,
  list,
  object,
  oneOf,
  type Problem,
  text,
  webAddress,
} from './shape.ts';

const maxBlocks = 50;
const maxCharacters = 13_200;

const blockId = { block_id: text({ max: 255 }) };
const actionId = { action_id: text({ max: 255 }) };
const buttonStyle = oneOf('primary', 'danger');

function plainText(max: number): Check {
  return byType({ plain_text: object({ text: text({ max }) }, { emoji: flag }) });
}

function anyText(max: number): Check {
  return byType({
    plain_text: object({ text: text({ max }) }, { emoji: flag }),
    mrkdwn: object({ text: text({ max }) }, { verbatim: flag }),
  });
}

const confirm = object(
  { title: plainText(100), text: anyText(300) },
  { confirm: plainText(30), deny: plainText(30), style: buttonStyle },
);
const option = object(
  { text: anyText(75), value: text({ max: 150 }) },
  { description: anyText(75), url: webAddress },
);

const imageElement = object({ image_url: webAddress, alt_text: text({ max: 2000 }) });
const interactive: Readonly<Record<string, Check>> = {
  button: object(
    { text: plainText(75) },
    {
      ...actionId,
      url: webAddress,
      value: text({ max: 2000 }),
      style: buttonStyle,
      confirm,
      accessibility_label: text({ max: 75 }),
    },
  ),
  static_select: object(
    { options: list(option, { max: 100 }) },
    { ...actionId, placeholder: plainText(150), initial_option: option, confirm, focus_on_load: flag },
  ),
  overflow: object({ options: list(option, { max: 5 }) }, { ...actionId, confirm }),
};

const section: Check = (value, pointer, problems) => {
  const found = asObject(value);
  if (found !== undefined && found['text'] === undefined && found['fields'] === undefined) {
    complain(problems, pointer, 'failed to match all allowed schemas');
  }
  sectionShape(value, pointer, problems);
};
const sectionShape = object(
  {},
  {
    ...blockId,
    text: anyText(3000),
    fields: list(anyText(2000), { max: 10 }),
    accessory: byType({ ...interactive, image: imageElement }),
    expand: flag,
  },
);

const contextElement: Check = (value, pointer, problems) => {
  if (asObject(value)?.['type'] === 'image') byType({ image: imageElement })(value, pointer, problems);
  else anyText(3000)(value, pointer, problems);
};

const block = byType({
  header: object({ text: plainText(150) }, blockId),
  section,
  context: object({ elements: list(contextElement, { max: 10 }) }, blockId),
  actions: object({ elements: list(byType(interactive), { max: 25 }) }, blockId),
  image: object(
    { image_url: webAddress, alt_text: text({ max: 2000 }) },
    { ...blockId, title: plainText(2000) },
  ),
  divider: object({}, blockId),
  rich_text: richTextBlock,
});
const messageBlocks = list(block, { min: 0, max: maxBlocks });

/** Everything that is wrong with the blocks of a message, in reading order. */
function problemsOf(blocks: readonly unknown[]): Problem[] {
  const problems: Problem[] = [];
  messageBlocks(blocks, '/blocks', problems);
  for (const name of ['action_id', 'block_id']) refuseRepeated(blocks, name, problems);
  return problems;
}

/** The blocks, known to be acceptable; otherwise the refusal that Slack would answer. */
export function acceptBlocks(blocks: unknown): JsonObject[] {
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format');
  const problems = problemsOf(blocks);
  if (problems.length > 0) {
    const lines = problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`);
    throw refusalWith('invalid_blocks', lines);
  }
  if (charactersIn(blocks) > maxCharacters) throw new Refusal('msg_blocks_too_long');
  return blocks.map((entry: unknown) => asObject(entry) ?? {});
}

function refuseRepeated(blocks: readonly unknown[], name: string, problems: Problem[]): void {
  const seen = new Set<string>();
  for (const { value, pointer } of valuesNamed(name, blocks, '/blocks')) {
    if (seen.has(value)) complain(problems, pointer, `\`${name}\` "${value}" already exists`);
    seen.add(value);
  }
}

type Found = { readonly value: string; readonly pointer: string };

function valuesNamed(name: string, value: unknown, pointer: string): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]): Found[] => {
    const at = `${pointer}/${key}`;
    if (key === name && typeof entry === 'string') return [{ value: entry, pointer: at }];
    return valuesNamed(name, entry, at);
  });
}

const uncounted = new Set(['type', 'action_id', 'block_id', 'style']);

/** What Slack counts towards the size of all blocks: the characters of their contents, not of their structure. */
function charactersIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, entry]: [string, unknown]) => sum + (uncounted.has(key) ? 0 : charactersIn(entry)),
    0,
  );
}
