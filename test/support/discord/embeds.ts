import { z } from 'zod';
import { address, filledText, report, text } from './checked.ts';

const picture = z.strictObject({ url: address(2048, ['http', 'https', 'attachment']) });

const timestamp = z.string().superRefine((value, context) => {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value) || Number.isNaN(Date.parse(value))) {
    report(context, [], 'DATE_TIME_TYPE_PARSE', `Could not parse ${value}. Should be ISO8601.`);
  }
});

const embed = z
  .strictObject({
    type: z.literal('rich').optional(),
    title: text(256).nullish(),
    description: text(4096).nullish(),
    url: address(2048).nullish(),
    timestamp: timestamp.nullish(),
    color: z.int().min(0).max(0xffffff).nullish(),
    footer: z.strictObject({ text: filledText(2048), icon_url: address(2048).nullish() }).nullish(),
    author: z
      .strictObject({
        name: filledText(256),
        url: address(2048).nullish(),
        icon_url: address(2048).nullish(),
      })
      .nullish(),
    image: picture.nullish(),
    thumbnail: picture.nullish(),
    fields: z
      .array(
        z.strictObject({
          name: filledText(256),
          value: filledText(1024),
          inline: z.boolean().optional(),
        }),
      )
      .max(25)
      .nullish(),
  })
  .superRefine((value, context) => {
    const { title, description, footer, author, image, thumbnail, fields } = value;
    const isFilled = title || description || footer || author || image || thumbnail || fields?.length;
    if (!isFilled) report(context, ['description'], 'BASE_TYPE_REQUIRED', 'This field is required');
  });

export type Embed = z.output<typeof embed>;

/** At most 10 embeds with at most 6000 characters in all of their texts together. */
export const embeds = z
  .array(embed)
  .max(10)
  .superRefine((list, context) => {
    const size = list.reduce((sum, one) => sum + sizeOf(one), 0);
    if (size > 6000) {
      report(context, [], 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000');
    }
  });

function sizeOf(one: Embed): number {
  const fields = (one.fields ?? []).flatMap((field) => [field.name, field.value]);
  return [one.title, one.description, one.footer?.text, one.author?.name, ...fields].reduce(
    (sum, part) => sum + (part?.length ?? 0),
    0,
  );
}
