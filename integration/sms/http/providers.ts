/** What each gateway wants to be sent and how it answers, as data: one request out, one verdict back. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../../../platform/errors.ts';
import type { SmsFailure, SmsMessage } from '../../../signaling/protocol/sms.ts';
import type { HttpSmsOptions } from './options.ts';
import { aliyunHeaders, canonicalQuery, signatureHeaders, tencentAuthorization } from './sign.ts';
import { fill, fillText, textAt, valuesOf } from './template.ts';

export interface GatewayRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How the gateway took a message. `again`: it did not take it now, and asks for another try later. */
export interface Verdict {
  readonly taken: boolean;
  readonly again?: boolean;
  readonly providerId?: string;
  readonly failure?: SmsFailure;
  readonly providerCode?: string;
}

export interface Provider {
  request(message: SmsMessage, now: number): GatewayRequest;
  verdict(status: number, answer: unknown): Verdict;
}

export function providerOf(options: HttpSmsOptions): Provider {
  switch (options.provider) {
    case 'aliyun':
      return aliyun(options);
    case 'tencent':
      return tencent(options);
    case 'generic':
      return generic(options);
  }
}

function generic(options: HttpSmsOptions): Provider {
  const url = new URL(needed(options.url, 'url'));
  const { keyId, secret } = options;
  return {
    request(message, now) {
      const values = valuesOf(message);
      const filled = fill(options.body, values);
      const isJson = options.bodyType === 'json';
      const body = isJson ? JSON.stringify(filled) : formOf(filled);
      const { method } = options;
      const signed =
        secret === undefined
          ? {}
          : signatureHeaders(
              options.signature,
              { id: keyId ?? '', secret },
              { method, path: `${url.pathname}${url.search}`, body },
              now,
            );
      const own = Object.entries(options.headers).map(([name, value]) => [name, fillText(value, values)]);
      const contentType = isJson ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded';
      return {
        url,
        method,
        body,
        headers: { 'content-type': contentType, ...Object.fromEntries(own), ...signed },
      };
    },
    verdict(status, answer) {
      const { answerPath, answerValues, answerIdPath, answerCodePath } = options;
      const said = answerPath === '' ? undefined : textAt(answer, answerPath);
      const isTaken = answerPath === '' || (said !== undefined && answerValues.includes(said));
      const code = textAt(answer, answerCodePath) ?? said;
      return verdictOf(status, isTaken, textAt(answer, answerIdPath), code);
    },
  };
}

function formOf(filled: unknown): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(filled ?? {})) {
    form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return form.toString();
}

/** https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms: parameters travel in the query. */
function aliyun(options: HttpSmsOptions): Provider {
  const endpoint = options.url ?? 'https://dysmsapi.aliyuncs.com/';
  const keyId = needed(options.keyId, 'keyId');
  const secret = needed(options.secret, 'secret');
  const signName = needed(options.signName, 'signName');
  const templateId = needed(options.templateId, 'templateId');
  return {
    request(message, now) {
      const values = valuesOf(message);
      const query = canonicalQuery({
        OutId: message.messageId,
        PhoneNumbers: values.toNational,
        SignName: signName,
        TemplateCode: templateId,
        TemplateParam: JSON.stringify(fill(options.templateParams, values)),
      });
      const url = new URL(endpoint);
      const call = { action: 'SendSms', version: '2017-05-25', nonce: randomUUID() };
      const headers = aliyunHeaders({ host: url.host, query, body: '', keyId, secret, now }, call);
      // The setter encodes nothing that is encoded already, so what is sent is what was signed.
      url.search = query;
      return { url, method: 'POST', headers, body: '' };
    },
    verdict(status, answer) {
      const code = textAt(answer, 'Code');
      return verdictOf(status, code === 'OK', textAt(answer, 'BizId'), code);
    },
  };
}

/** https://cloud.tencent.com/document/product/382/55981 */
function tencent(options: HttpSmsOptions): Provider {
  const url = new URL(options.url ?? 'https://sms.tencentcloudapi.com/');
  const keyId = needed(options.keyId, 'keyId');
  const secret = needed(options.secret, 'secret');
  const fixed = {
    SmsSdkAppId: needed(options.appId, 'appId'),
    SignName: needed(options.signName, 'signName'),
    TemplateId: needed(options.templateId, 'templateId'),
  };
  return {
    request(message, now) {
      const values = valuesOf(message);
      const params = Object.values(options.templateParams).map((param) => fillText(param, values));
      const body = JSON.stringify({
        PhoneNumberSet: [message.to],
        ...fixed,
        TemplateParamSet: params,
        SessionContext: message.messageId,
      });
      const authorization = tencentAuthorization(
        { host: url.host, query: '', body, keyId, secret, now },
        'sms',
      );
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'x-tc-action': 'SendSms',
        'x-tc-version': '2021-01-11',
        'x-tc-region': options.region,
        'x-tc-timestamp': String(Math.floor(now / 1000)),
        authorization,
      };
      return { url, method: 'POST', headers, body };
    },
    verdict(status, answer) {
      const sent = textAt(answer, 'Response.SendStatusSet.0.Code');
      const code = textAt(answer, 'Response.Error.Code') ?? sent;
      return verdictOf(status, sent === 'Ok', textAt(answer, 'Response.SendStatusSet.0.SerialNo'), code);
    },
  };
}

/** Codes of gateways that are full for a moment: the message was not taken, and may be soon. */
const LATER = /throttl|RequestLimitExceeded|too.?many|SYSTEM_ERROR|InternalError$|busy/i;
/** `isv.MOBILE_NUMBER_ILLEGAL`, `InvalidParameterValue.IncorrectPhoneNumber` and the like. */
const NUMBER =
  /(?=.*(?:mobile|phone|number|recipient|msisdn))(?=.*(?:illegal|invalid|incorrect|wrong|format|bad))/i;

function verdictOf(
  status: number,
  isTaken: boolean,
  providerId: string | undefined,
  code: string | undefined,
): Verdict {
  if (status >= 200 && status < 300 && isTaken)
    return { taken: true, ...(providerId === undefined ? {} : { providerId }) };
  const providerCode = code ?? `HTTP ${status}`;
  const again = status === 429 || status === 503 || LATER.test(providerCode);
  return { taken: false, again, providerCode, failure: NUMBER.test(providerCode) ? 'bad-number' : 'refused' };
}

function needed(value: string | undefined, field: string): string {
  if (value !== undefined) return value;
  throw new AppError('config-invalid', `sms.http.${field} is missing.`, {
    whatToDo: `Set sms.http.${field}, or choose another sms.kind.`,
  });
}
