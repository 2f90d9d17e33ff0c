/** Text that Slack shows as it stands: the only text object outside text may enter. */
export type PlainText = { readonly type: 'plain_text'; readonly emoji: false; readonly text: string };

/** Text with markup, for our own words, date tokens and trusted links. */
export type Mrkdwn = { readonly type: 'mrkdwn'; readonly verbatim: true; readonly text: string };

export type RichStyle = { bold?: true; italic?: true; strike?: true; code?: true };

export type RichText = { readonly type: 'text'; readonly text: string; readonly style?: RichStyle };
export type RichLink = {
  readonly type: 'link';
  readonly url: string;
  readonly text?: string;
  readonly style?: RichStyle;
};
export type RichDate = {
  readonly type: 'date';
  /** Whole seconds since 1970. */
  readonly timestamp: number;
  readonly format: string;
  readonly fallback: string;
};
/** They ping, so nothing but a message's own mentions becomes one. */
export type RichMention =
  | { readonly type: 'user'; readonly user_id: string }
  | { readonly type: 'usergroup'; readonly usergroup_id: string };
export type RichInline = RichText | RichLink | RichDate | RichMention;

export type RichSection = { readonly type: 'rich_text_section'; readonly elements: readonly RichInline[] };
export type RichPart =
  | RichSection
  | {
      readonly type: 'rich_text_list';
      readonly style: 'bullet' | 'ordered';
      readonly elements: readonly RichSection[];
    }
  | { readonly type: 'rich_text_quote'; readonly elements: readonly RichInline[] }
  | { readonly type: 'rich_text_preformatted'; readonly elements: readonly (RichText | RichLink)[] };

export type SlackButton = {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: PlainText;
  readonly url: string;
  readonly accessibility_label: string;
  readonly style?: 'primary';
};

/** The part of Block Kit that our messages are made of. */
export type SlackBlock =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'context'; readonly elements: readonly (Mrkdwn | PlainText)[] }
  | { readonly type: 'section'; readonly fields: readonly (Mrkdwn | PlainText)[] }
  | { readonly type: 'section'; readonly text: PlainText; readonly accessory?: SlackButton }
  | { readonly type: 'rich_text'; readonly elements: readonly RichPart[] }
  | { readonly type: 'actions'; readonly elements: readonly SlackButton[] };

/** The wording of a Slack message; `text` is what notifications and screen readers get. */
export type SlackMessage = { readonly text: string; readonly blocks: readonly SlackBlock[] };
