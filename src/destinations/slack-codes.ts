/** What an error code of Slack says about the call, after the tables of the vendor's method pages; `hint` is for the operator. */
export type CodeMeaning =
  | { readonly kind: 'message' | 'destination' | 'credential' | 'unknown'; readonly hint: string }
  | {
      readonly kind: 'later';
      readonly hint: string;
      readonly afterMs?: number;
      readonly pausesLane?: true;
    };

const minuteMs = 60_000;

const destination: Readonly<Record<string, string>> = {
  channel_not_found: 'is the bot invited to the channel?',
  not_in_channel: 'the bot is not in the channel, invite it',
  is_archived: 'the channel is archived',
  messages_tab_disabled: 'the app takes no direct messages',
  cannot_reply_to_message: 'that message takes no replies',
  ekm_access_denied: 'the administrators have suspended posting',
  is_inactive: 'the channel is frozen',
  restricted_action: 'a workspace setting forbids posting here',
  restricted_action_read_only_channel: 'the channel is read-only',
  restricted_action_thread_only_channel: 'the channel takes replies only',
  restricted_action_non_threadable_channel: 'the channel has no threads',
  restricted_action_thread_locked: 'the thread is locked',
  slack_connect_canvas_sharing_blocked: 'sharing with the other organisation is blocked',
  slack_connect_file_link_sharing_blocked: 'sharing with the other organisation is blocked',
  slack_connect_lists_sharing_blocked: 'sharing with the other organisation is blocked',
  team_not_found: 'name the channel by its id',
  no_permission: 'is the bot a member of the channel?',
  access_denied: 'is the bot a member of the channel?',
  action_prohibited: 'an administrator has restricted the webhook',
  invalid_token: 'the webhook is not valid any more',
  user_not_found: 'the person behind the webhook is gone',
  no_service: 'the webhook was removed or switched off',
  no_team: 'the workspace behind the webhook is gone',
  no_active_hooks: 'the webhook was switched off',
  channel_is_archived: 'the channel is archived',
  posting_to_general_channel_denied: 'only some people may post to the general channel',
  team_disabled: 'the workspace is closed',
};

const credential: Readonly<Record<string, string>> = {
  invalid_auth: 'the bot token is not valid',
  not_authed: 'no bot token was sent',
  account_inactive: 'the bot or its workspace was deleted',
  token_revoked: 'the bot token was revoked',
  token_expired: 'the bot token has expired',
  not_allowed_token_type: 'a bot token (xoxb-) is needed',
  missing_scope: 'the app lacks a scope',
  app_access_restricted: 'an administrator has restricted the app',
  team_access_not_granted: 'the app is not allowed in this workspace',
  two_factor_setup_required: 'the account needs two-factor sign-in',
  accesslimited: 'access to the workspace is limited',
  is_bot: 'this token may not do it',
  enterprise_is_restricted: 'the token does not work in the enterprise organisation',
};

const message: readonly string[] = [
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'too_many_attachments',
  'invalid_attachments',
  'attachment_payload_limit_exceeded',
  'markdown_text_conflict',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'metadata_must_be_sent_from_app',
  'invalid_arguments',
  'invalid_arg_name',
  'invalid_array_arg',
  'invalid_charset',
  'invalid_form_data',
  'invalid_post_type',
  'missing_post_type',
  'too_many_contact_cards',
  'missing_file_data',
  'as_user_not_supported',
  'send_on_behalf_not_allowed',
  'unknown_method',
  'method_deprecated',
  'deprecated_endpoint',
  'invalid_payload',
];

const temporary: Readonly<Record<string, Omit<CodeMeaning & { kind: 'later' }, 'kind'>>> = {
  ratelimited: { hint: 'too many messages', afterMs: minuteMs / 2, pausesLane: true },
  rate_limited: { hint: 'too many messages', afterMs: minuteMs / 2, pausesLane: true },
  service_unavailable: { hint: 'Slack is not available' },
  external_channel_migrating: { hint: 'the channel is moving' },
  message_limit_exceeded: { hint: 'the workspace posts too much', afterMs: 5 * minuteMs },
  team_added_to_org: { hint: 'the workspace is moving', afterMs: 10 * minuteMs, pausesLane: true },
  org_login_required: { hint: 'the workspace is moving', afterMs: 10 * minuteMs, pausesLane: true },
  update_failed: { hint: 'Slack could not edit the message' },
  streaming_state_conflict: { hint: 'the message is being written' },
};

/** Answers to an edit only. */
const uneditable: Readonly<Record<string, string>> = {
  message_not_found: 'the message is not there any more',
  cant_update_message: 'the bot cannot edit this message',
  edit_window_closed: 'the workspace lets messages be edited for a while only',
  block_mismatch: 'the blocks of this message cannot be replaced by these',
  no_dual_broadcast_content_update: 'a reply that is shown in the channel too cannot be edited like this',
  cant_broadcast_message: 'a reply cannot be shown in the channel afterwards',
};

/** Part of the work may have been done. */
const ambiguous: readonly string[] = [
  'internal_error',
  'fatal_error',
  'request_timeout',
  'duplicate_channel_not_found',
  'duplicate_message_not_found',
];

const uneditables = new Map(Object.entries(uneditable));

const meanings = new Map<string, CodeMeaning>([
  ...Object.entries(destination).map(([code, hint]) => [code, { kind: 'destination', hint }] as const),
  ...Object.entries(credential).map(([code, hint]) => [code, { kind: 'credential', hint }] as const),
  ...message.map((code) => [code, { kind: 'message', hint: 'Slack refuses the message as it is' }] as const),
  ...Object.entries(temporary).map(([code, rest]) => [code, { kind: 'later', ...rest }] as const),
  ...ambiguous.map((code) => [code, { kind: 'unknown', hint: 'it may have been applied' }] as const),
]);

/** Why a message cannot be edited, now and ever; undefined for a code that does not say so. */
export function uneditableAtSlack(code: string): string | undefined {
  return uneditables.get(code);
}

/** Undefined for a code that nobody has described to us: Slack adds some without notice. */
export function meaningOfSlackCode(code: string): CodeMeaning | undefined {
  if (code.startsWith('draft_')) return { kind: 'message', hint: 'Slack refuses the message as it is' };
  return meanings.get(code);
}
