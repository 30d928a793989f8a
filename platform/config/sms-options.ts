/** The options of text messages, and of outgoing requests in general. */
import { z } from 'zod';
import { option, port, seconds, section } from './option.ts';

const text = z.string().min(1).max(500);
const secret = z.string().min(1).max(500);
const network = z.string().regex(/^[0-9a-fA-F.:]+(?:\/\d{1,3})?$/, {
  error: 'is neither an address nor a network such as 169.254.10.0/24',
});

/** A scheme of HMAC-SHA256 signatures; the defaults fit a gateway that has no wishes of its own. */
const scheme = {
  keyIdHeader: option(text.default('X-Key-Id'), { meaning: 'Header with the id of the key.' }),
  timestampHeader: option(text.default('X-Timestamp'), { meaning: 'Header with the time of signing.' }),
  signatureHeader: option(text.default('X-Signature'), { meaning: 'Header with the signature.' }),
  content: option(text.default('{{timestamp}}.{{body}}'), {
    meaning:
      'What is signed, of `{{timestamp}}`, `{{keyId}}`, `{{method}}`, `{{path}}`, `{{body}}` and `{{bodySha256}}`.',
  }),
  encoding: option(z.enum(['hex', 'base64']).default('hex'), { meaning: 'How the signature is written.' }),
  prefix: option(z.string().max(50).default(''), {
    meaning: 'What stands before the signature in its header, such as `sha256=`.',
  }),
  timestampUnit: option(z.enum(['seconds', 'milliseconds']).default('seconds'), {
    meaning: 'Unit of the time of signing, counted from 1970.',
  }),
};

const reports = section(
  {
    keyId: option(text.optional(), {
      meaning: 'Id of the key with which the gateway signs its reports; without a key no report is taken.',
    }),
    secret: option(z.string().min(16).max(500).optional(), {
      meaning: 'The key that signs them.',
      secret: true,
    }),
    ...scheme,
    windowSeconds: option(seconds(10, 3600).default(300), {
      meaning: 'How old a signed report may be.',
      unit: 'seconds',
    }),
    listPath: option(z.string().max(200).default(''), {
      meaning:
        'Where the list of reports stands in the body; empty: the body itself is the list or the one report.',
    }),
    messageIdPath: option(text.default('messageId'), {
      meaning: 'Where a report holds our own `{{messageId}}`.',
    }),
    providerIdPath: option(text.default('id'), {
      meaning: 'Where it holds the gateway’s id, as in the answer at `sms.http.answerIdPath`.',
    }),
    statePath: option(text.default('state'), { meaning: 'Where it says how the message stands.' }),
    codePath: option(text.default('code'), { meaning: 'Where it holds the reason of a failure.' }),
    deliveredStates: option(
      z.array(text).default(['delivered', 'DELIVRD', 'SUCCESS', 'success', 'true', '0']),
      { meaning: 'What the state reads when the phone has the message.' },
    ),
    pendingStates: option(z.array(text).default(['accepted', 'ACCEPTD', 'sent', 'pending', 'ENROUTE']), {
      meaning: 'What it reads while nothing is decided.',
    }),
  },
  'Reports of the gateway, sent to `POST /api/sms/reports` of the staff listener.',
);

const http = section(
  {
    provider: option(z.enum(['generic', 'aliyun', 'tencent']).default('generic'), {
      meaning:
        'Which gateway: `generic` by the template below, `aliyun` (SendSms 2017-05-25) or `tencent` (SendSms 2021-01-11) with their own requests and signatures.',
    }),
    url: option(z.url({ protocol: /^https?$/ }).optional(), {
      meaning: 'Address of the gateway.',
      defaultText: 'that of the provider, for `aliyun` and `tencent`',
    }),
    method: option(z.enum(['POST', 'PUT']).default('POST'), { meaning: 'Method of the request.' }),
    headers: option(z.record(text, z.string().max(2000)).default({}), {
      meaning: 'Headers of the request, such as `{"Authorization": "Bearer …"}`; placeholders are filled.',
      secret: true,
    }),
    bodyType: option(z.enum(['json', 'form']).default('json'), { meaning: 'How the body is written.' }),
    body: option(
      z
        .record(z.string(), z.unknown())
        .default({ to: '{{to}}', text: '{{text}}', messageId: '{{messageId}}' }),
      {
        meaning:
          'The body, with `{{to}}`, `{{toDigits}}`, `{{toNational}}`, `{{text}}`, `{{link}}`, `{{linkCode}}`, `{{messageId}}` and `{{validForSeconds}}` in its texts.',
      },
    ),
    keyId: option(text.optional(), { meaning: 'Id of the key that signs requests.' }),
    secret: option(secret.optional(), { meaning: 'The key that signs requests.', secret: true }),
    signature: section(scheme, 'How requests are signed, where a key is set (`generic`).').prefault({}),
    signName: option(text.optional(), { meaning: 'Approved signature of the sender (`aliyun`, `tencent`).' }),
    templateId: option(text.optional(), { meaning: 'Approved template (`aliyun`, `tencent`).' }),
    templateParams: option(z.record(text, text).default({ link: '{{link}}' }), {
      meaning:
        'Parameters of the template, with placeholders; `tencent` takes the values in the order written here. Use `{{linkCode}}` where the approved template holds the address up to `#`.',
    }),
    appId: option(text.optional(), { meaning: 'Application (`SmsSdkAppId`, `tencent`).' }),
    region: option(text.default('ap-guangzhou'), { meaning: 'Region (`tencent`).' }),
    answerPath: option(z.string().max(200).default(''), {
      meaning: 'Where the answer says that the message was taken; empty: status 2xx says so.',
    }),
    answerValues: option(z.array(text).default(['0', 'OK', 'Ok', 'ok', 'true', 'success']), {
      meaning: 'What it reads then.',
    }),
    answerIdPath: option(z.string().max(200).default('id'), {
      meaning: 'Where the answer holds the gateway’s id of the message.',
    }),
    answerCodePath: option(z.string().max(200).default('code'), {
      meaning: 'Where the answer holds the reason of a refusal.',
    }),
    repeatable: option(z.boolean().default(false), {
      meaning:
        'The gateway sends a message of one `{{messageId}}` once, so that a request whose answer is missing may be repeated.',
    }),
    deadlineSeconds: option(seconds(1, 60).default(5), {
      meaning: 'How long an answer may take.',
      unit: 'seconds',
    }),
    caFile: option(text.optional(), {
      meaning: 'Certificate (PEM) of the authority behind the gateway, where it is not a public one.',
    }),
    reports: reports.prefault({}),
  },
  'A gateway over HTTP (`sms.kind` `http`).',
);

const smpp = section(
  {
    host: option(text.optional(), { meaning: 'Name or address of the message centre.' }),
    port: option(port.default(2775), { meaning: 'Port of the message centre.' }),
    tls: option(z.boolean().default(false), { meaning: 'Connect by TLS.' }),
    caFile: option(text.optional(), {
      meaning: 'Certificate (PEM) of the authority behind it, where it is not a public one.',
    }),
    systemId: option(z.string().max(64).default(''), { meaning: 'Name to bind with.' }),
    password: option(z.string().max(64).default(''), {
      meaning: 'Password to bind with; SMPP 3.4 has room for 8 characters, and many centres take more.',
      secret: true,
    }),
    systemType: option(z.string().max(12).default(''), { meaning: 'Type of system to bind with.' }),
    source: option(z.string().max(20).default(''), {
      meaning: 'Number or name the messages come from; empty: the centre’s own.',
    }),
    sourceTon: option(z.int().min(0).max(6).default(0), {
      meaning: 'Type of number of the source (`source_addr_ton`); 5: a name.',
    }),
    sourceNpi: option(z.int().min(0).max(18).default(0), {
      meaning: 'Numbering plan of the source (`source_addr_npi`).',
    }),
    window: option(z.int().min(1).max(1000).default(10), {
      meaning: 'Messages that may wait for the centre’s answer at once.',
    }),
    answerSeconds: option(seconds(1, 60).default(10), {
      meaning: 'How long an answer of the centre may take.',
      unit: 'seconds',
    }),
    enquireSeconds: option(seconds(1, 600).default(15), {
      meaning: 'How often a quiet connection is tried.',
      unit: 'seconds',
    }),
    longMessages: option(z.enum(['udh', 'payload']).default('udh'), {
      meaning: 'How a text of more than one segment is sent: in parts with headers, or as `message_payload`.',
    }),
    alphabet: option(z.enum(['auto', 'ucs2']).default('auto'), {
      meaning: '`auto`: the 7-bit alphabet of GSM where it has all signs; `ucs2`: never.',
    }),
    hexIds: option(z.boolean().default(false), {
      meaning:
        'The centre names messages in hexadecimal in its answers and in decimal in its receipts (as `msg-id-type` of Kannel).',
    }),
  },
  'A message centre by SMPP 3.4 (`sms.kind` `smpp`).',
);

export const sms = section(
  {
    kind: option(z.enum(['console', 'http', 'smpp', 'none']).optional(), {
      meaning:
        'How links are sent: printed to this terminal, by a gateway over HTTP, by SMPP 3.4, or not at all (QR codes and copying work always).',
      defaultText: '`none` where `NODE_ENV` is `production`, else `console`',
    }),
    consoleInProduction: option(z.boolean().default(false), {
      meaning:
        'Allow `console` where `NODE_ENV` is `production`: links are printed where others may read them.',
    }),
    signature: option(z.string().min(1).max(40).optional(), {
      meaning: 'Set before each text, such as `【市急救中心】`; leave it out where the provider adds it.',
    }),
    http: http.prefault({}),
    smpp: smpp.prefault({}),
  },
  'Text messages with links for bystanders and volunteers.',
);

export const outgoing = section(
  {
    allow: option(z.array(network).default([]), {
      meaning:
        'Addresses and networks that requests may go to although they are link-local, or metadata services of clouds.',
    }),
  },
  'Requests of this service to others.',
);
