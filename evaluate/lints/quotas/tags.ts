import type { RecordedResource } from "../../recorded";
import type { LintProblem } from "../lint";

/** Every resource may have 50 tags; https://docs.aws.amazon.com/tag-editor/latest/userguide/reference.html. */
const MAX_TAGS = 50;
/** An object of S3 may have 10; https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html. */
const MAX_OBJECT_TAGS = 10;
const MAX_KEY = 128;
const MAX_VALUE = 256;
const SOURCES = {
  tags: "https://docs.aws.amazon.com/tag-editor/latest/userguide/reference.html",
  objects: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html",
};

type Tags = Readonly<Record<string, unknown>>;

/** Reports too many or too long tags. The default tags of a resource's provider count, because the provider adds them. */
export function tagProblems(resources: readonly RecordedResource[]): readonly LintProblem[] {
  const defaults = new Map(
    resources
      .filter(({ type }) => type === "pulumi:providers:aws")
      .map((provider) => [provider.urn, defaultTags(provider)]),
  );
  return resources.flatMap((resource) => {
    const { urn, type, name, inputs, provider } = resource;
    if (!type.startsWith("aws:")) return [];
    const own = (inputs.tags ?? {}) as Tags;
    const isObject = type.startsWith("aws:s3/bucketObject");
    const report = (message: string): LintProblem => ({
      lint: "quotas",
      resource: { urn, type, name },
      message,
      remedy: "Remove or shorten tags.",
      source: isObject ? SOURCES.objects : SOURCES.tags,
    });
    const tags = { ...defaults.get(provider.replace(/::[^:]*$/, "")), ...own };
    const max = isObject ? MAX_OBJECT_TAGS : MAX_TAGS;
    const amount = Object.keys(tags).length;
    const long = Object.entries(own).filter(([key, value]) => key.length > MAX_KEY || String(value).length > MAX_VALUE);
    return [
      ...(amount > max
        ? [report(`the resource has ${amount} tags with the provider's, and at most ${max} are allowed`)]
        : []),
      ...long.map(([key]) =>
        report(`the tag ${key} is longer than ${MAX_KEY} characters, or its value than ${MAX_VALUE}`),
      ),
    ];
  });
}

/** The inputs of a provider are texts. */
function defaultTags({ inputs }: RecordedResource): Tags {
  const given = inputs.defaultTags as unknown;
  const parsed = (typeof given === "string" ? JSON.parse(given) : given) as { readonly tags?: Tags } | undefined;
  return parsed?.tags ?? {};
}
