import { z } from 'zod';
import { address, filledText, report, snowflake, text } from './checked.ts';

const identity = { id: z.int().min(0).optional() };
const customId = filledText(100);
const emoji = z.strictObject({
  id: snowflake.nullish(),
  name: z.string().nullish(),
  animated: z.boolean().optional(),
});

const linkStyle = 5;

const button = z
  .strictObject({
    ...identity,
    type: z.literal(2),
    style: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(linkStyle)]),
    label: text(80).optional(),
    emoji: emoji.nullish(),
    custom_id: customId.optional(),
    url: address(512, ['http', 'https', 'discord']).optional(),
    disabled: z.boolean().optional(),
  })
  .superRefine((value, context) => {
    if (!value.label && !value.emoji) {
      report(context, ['label'], 'BASE_TYPE_REQUIRED', 'This field is required');
    }
    if (value.url !== undefined && value.custom_id !== undefined) {
      report(
        context,
        ['custom_id'],
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    } else if (value.style === linkStyle && value.url === undefined) {
      report(context, ['url'], 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required');
    } else if (value.style !== linkStyle && value.custom_id === undefined) {
      report(context, ['custom_id'], 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
    }
  });

const selectBase = {
  ...identity,
  custom_id: customId,
  placeholder: text(150).optional(),
  min_values: z.int().min(0).max(25).optional(),
  max_values: z.int().min(1).max(25).optional(),
  disabled: z.boolean().optional(),
};
const option = z.strictObject({
  label: filledText(100),
  value: filledText(100),
  description: text(100).optional(),
  emoji: emoji.optional(),
  default: z.boolean().optional(),
});
const textSelect = z.strictObject({
  ...selectBase,
  type: z.literal(3),
  options: z.array(option).min(1).max(25),
});

const row = z
  .strictObject({
    ...identity,
    type: z.literal(1),
    components: z
      .array(z.discriminatedUnion('type', [button, textSelect]))
      .min(1)
      .max(5),
  })
  .superRefine(({ components }, context) => {
    if (components.some((one) => one.type === 3) && components.length > 1) {
      report(context, ['components'], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'Component layout width exceeded');
    }
  });

const textDisplay = z.strictObject({ ...identity, type: z.literal(10), content: filledText(4000) });
const separator = z.strictObject({
  ...identity,
  type: z.literal(14),
  divider: z.boolean().optional(),
  spacing: z.union([z.literal(1), z.literal(2)]).optional(),
});
const section = z.strictObject({
  ...identity,
  type: z.literal(9),
  components: z.array(textDisplay).min(1).max(3),
  accessory: button,
});
const container = z.strictObject({
  ...identity,
  type: z.literal(17),
  components: z.array(z.discriminatedUnion('type', [row, textDisplay, separator, section])).min(1),
  accent_color: z.int().min(0).max(0xffffff).nullish(),
  spoiler: z.boolean().optional(),
});

/** Components without the V2 flag: up to five rows. */
export const classicComponents = z
  .array(z.discriminatedUnion('type', [row]))
  .max(5)
  .superRefine(uniqueIds);

/** Components with the V2 flag: at most 40 in all, at most 4000 characters of text. */
export const componentsV2 = z
  .array(z.discriminatedUnion('type', [row, textDisplay, separator, section, container]))
  .superRefine(uniqueIds)
  .superRefine((list, context) => {
    const every = list.flatMap(flatten);
    if (every.length > 40) {
      report(context, [], 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', 'Total number of components exceeds 40');
    }
    const size = every.reduce((sum, one) => sum + (one.type === 10 ? one.content.length : 0), 0);
    if (size > 4000) {
      report(context, [], 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', 'Text size exceeds 4000 characters');
    }
  });

export type Component =
  | z.output<typeof row>
  | z.output<typeof textDisplay>
  | z.output<typeof separator>
  | z.output<typeof section>
  | z.output<typeof container>;
type AnyComponent = Component | z.output<typeof button> | z.output<typeof textSelect>;

/** The component and all inside it, from the outside in. */
export function flatten(component: AnyComponent): AnyComponent[] {
  const inside: AnyComponent[] = 'components' in component ? [...component.components] : [];
  if (component.type === 9) inside.push(component.accessory);
  return [component, ...inside.flatMap(flatten)];
}

/** Whether a webhook that no application owns may send it. */
export function isInteractive(component: AnyComponent): boolean {
  return component.type === 3 || (component.type === 2 && component.style !== linkStyle);
}

function uniqueIds(list: readonly AnyComponent[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const { id, path } of list.flatMap((one, index) => customIdsOf(one, [index]))) {
    if (seen.has(id)) {
      report(
        context,
        [...path, 'custom_id'],
        'COMPONENT_CUSTOM_ID_DUPLICATED',
        'Component custom id cannot be duplicated',
      );
    }
    seen.add(id);
  }
}

function customIdsOf(
  component: AnyComponent,
  path: readonly PropertyKey[],
): { id: string; path: readonly PropertyKey[] }[] {
  const own =
    'custom_id' in component && component.custom_id !== undefined ? [{ id: component.custom_id, path }] : [];
  const children: AnyComponent[] = 'components' in component ? component.components : [];
  const inside = children.flatMap((one, index) => customIdsOf(one, [...path, 'components', index]));
  const beside = component.type === 9 ? customIdsOf(component.accessory, [...path, 'accessory']) : [];
  return [...own, ...inside, ...beside];
}
