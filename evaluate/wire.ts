import { Struct } from "google-protobuf/google/protobuf/struct_pb";

// These markers are part of the engine's protocol: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
/** The marker for a value that is known only after deployment. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** A property bag as the Pulumi engine sends it: plain JSON, with assets and archives in their serialised form. */
export type Props = Readonly<Record<string, unknown>>;

/** An asset or archive in its serialised form. The hash is that of the content. */
export interface Asset {
  readonly hash: string;
  readonly path?: string;
  readonly text?: string;
  readonly uri?: string;
  /** The members of an archive that consists of assets and archives. */
  readonly assets?: Readonly<Record<string, Asset>>;
  readonly isArchive: boolean;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns whether a value is unknown. Programs in TypeScript use this marker for every kind of unknown value. */
export const isUnknown = (value: unknown): boolean => value === UNKNOWN;

export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) ? Object.values(value).some(containsUnknown) : isUnknown(value);
}

export function isAsset(value: unknown): value is Props & { readonly hash: string } {
  return isObject(value) && (value[SIGNATURE] === ASSET || value[SIGNATURE] === ARCHIVE);
}

/** Reads the serialised form of an asset or archive; returns undefined for any other value. */
export function asset(value: unknown): Asset | undefined {
  if (!isAsset(value)) return undefined;
  const { hash, path, text, uri, assets } = value as Props & Record<"hash" | "path" | "text" | "uri", string>;
  return {
    hash,
    path,
    text,
    uri,
    isArchive: value[SIGNATURE] === ARCHIVE,
    assets: isObject(assets)
      ? Object.fromEntries(
          Object.entries(assets).flatMap(([name, item]) => {
            const inner = asset(item);
            return inner ? [[name, inner] as const] : [];
          }),
        )
      : undefined,
  };
}

/** Returns the property bag of a message with its secrets in plain text. */
export function fromStruct(struct: Struct | undefined): Props {
  return opened(struct?.toJavaScript() ?? {}) as Props;
}

/**
 * Returns a property bag as a message. Unset properties are omitted, and dates are written as text. A property that was secret in one of the
 * messages that it answers is secret again, and `tagsAll` is secret if `tags` is.
 */
export function toStruct(props: Props, ...answered: readonly (Struct | undefined)[]): Struct {
  const sealed = answered.reduce<unknown>((value, struct) => {
    const like = (struct?.toJavaScript() ?? {}) as Props;
    return sealedLike(value, { ...like, tagsAll: like.tags });
  }, plain(props));
  return Struct.fromJavaScript(sealed as Parameters<typeof Struct.fromJavaScript>[0]);
}

const isSecret = (value: unknown): value is Props => isObject(value) && value[SIGNATURE] === SECRET;

function opened(value: unknown): unknown {
  if (isSecret(value)) return opened(value.value);
  if (Array.isArray(value)) return value.map(opened);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item)])) : value;
}

function sealedLike(value: unknown, like: unknown): unknown {
  if (isSecret(value) || value === undefined) return value;
  if (isSecret(like)) return { [SIGNATURE]: SECRET, value };
  if (Array.isArray(value) && Array.isArray(like)) return value.map((item, index) => sealedLike(item, like[index]));
  if (!isObject(value) || !isObject(like)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sealedLike(item, like[key])]));
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, plain(item)] as const)
      .filter(([, item]) => item !== undefined),
  );
}
