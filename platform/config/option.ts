/** How an option is declared: its parser and, beside it, what the generated reference says of it. */
import { z } from 'zod';

export interface OptionMeta {
  /** One sentence or two for the operator. */
  readonly meaning: string;
  /** Unit of a number, such as `seconds`. */
  readonly unit?: string;
  /** How the default is found where it is not a fixed value. */
  readonly defaultText?: string;
  /** Never printed, logged or put into a support file. */
  readonly secret?: boolean;
}

export const optionMeta = z.registry<OptionMeta>();

/** 0 stands for any free port, which tests use. */
export const port = z.int().min(0).max(65_535);
export const seconds = (least: number, most: number) => z.int().min(least).max(most);

/** Declares one option. Its name in the environment follows from its path (see `envName`). */
export function option<T extends z.ZodType>(schema: T, meta: OptionMeta): T {
  optionMeta.add(schema, meta);
  return schema;
}

/** Declares a group of options, all of which have defaults or may be absent; it is used with `.prefault({})`. */
export function section<T extends z.core.$ZodLooseShape>(shape: T, meaning: string) {
  const object = z.strictObject(shape);
  optionMeta.add(object, { meaning });
  return object;
}

export interface OptionEntry {
  readonly path: string;
  readonly env: string;
  readonly schema: z.ZodType;
  readonly meta: OptionMeta;
  /** The default as JSON, or undefined when there is none. */
  readonly defaultJson: string | undefined;
}

/** `sfu.rtcBasePort` is `GOLDENHOUR_SFU_RTC_BASE_PORT` in the environment. */
export function envName(path: string): string {
  return `GOLDENHOUR_${path
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

/** Returns the object inside a section, or undefined when `schema` is a single option. */
export function asSection(schema: unknown): z.ZodObject | undefined {
  const inner: unknown = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject && !optionMetaOf(schema) ? inner : undefined;
}

function optionMetaOf(schema: unknown): OptionMeta | undefined {
  return schema instanceof z.ZodType && !(schema instanceof z.ZodObject) ? optionMeta.get(schema) : undefined;
}

/** Lists all options of a schema in the order of their declaration. */
export function listOptions(schema: z.ZodObject, prefix = ''): OptionEntry[] {
  return Object.entries(schema.shape).flatMap(([key, child]): OptionEntry[] => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const inner = asSection(child);
    if (inner !== undefined) return listOptions(inner, path);
    if (!(child instanceof z.ZodType)) return [];
    const meta = optionMetaOf(child) ?? { meaning: '' };
    return [{ path, env: envName(path), schema: child, meta, defaultJson: defaultOf(child) }];
  });
}

function defaultOf(schema: z.ZodType): string | undefined {
  return schema instanceof z.ZodDefault ? JSON.stringify(schema.def.defaultValue) : undefined;
}

/** What a value must look like, in words, from the same parser that checks it. */
export function allowedText(schema: z.ZodType): string {
  return describe(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

interface JsonSchemaLike {
  readonly type?: unknown;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly anyOf?: unknown;
  readonly items?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly minLength?: unknown;
  readonly minItems?: unknown;
  readonly format?: unknown;
  readonly properties?: unknown;
  readonly required?: unknown;
}

function isObject(value: unknown): value is JsonSchemaLike {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(schema: JsonSchemaLike): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (Array.isArray(schema.anyOf)) return schema.anyOf.filter(isObject).map(describe).join(' or ');
  if (schema.type === 'integer' || schema.type === 'number') return describeNumber(schema);
  if (schema.type === 'boolean') return '`true` or `false`';
  if (schema.type === 'array') return `list of ${isObject(schema.items) ? describe(schema.items) : 'values'}`;
  if (schema.type === 'object') return describeObject(schema);
  const least =
    typeof schema.minLength === 'number' && schema.minLength > 1
      ? ` of at least ${schema.minLength} characters`
      : '';
  return `${schema.format === 'uri' ? 'address (URL)' : 'text'}${least}`;
}

function describeNumber(schema: JsonSchemaLike): string {
  const kind = schema.type === 'integer' ? 'whole number' : 'number';
  const upper =
    typeof schema.maximum === 'number' && schema.maximum < Number.MAX_SAFE_INTEGER
      ? schema.maximum
      : undefined;
  if (upper !== undefined) return `${kind} from ${schema.minimum} to ${upper}`;
  return typeof schema.minimum === 'number' ? `${kind} from ${schema.minimum}` : kind;
}

function describeObject(schema: JsonSchemaLike): string {
  if (!isObject(schema.properties)) return 'object';
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const fields = Object.keys(schema.properties).map((name) => (required.includes(name) ? name : `${name}?`));
  return `{ ${fields.join(', ')} }`;
}
