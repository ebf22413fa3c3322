import { isObject } from "../../../../evaluate/wire";
import { checking } from "../../generic/wrap";
import type { Handler } from "../../handler";

/** MiniStack forgets the tags of the request that creates a crawler: another request sets them. */
export const taggedAgain = (crawler: Handler): Handler => ({
  ...crawler,
  async create(ctx, inputs, exists) {
    const made = await crawler.create(ctx, inputs, exists);
    const olds = { arn: ctx.arn("glue", `crawler/${String(inputs.name)}`) };
    await crawler.update?.(ctx, String(inputs.name), olds, inputs, new Set());
    return made;
  },
});

/** MiniStack cannot update a classifier: it is deleted and created again under its name, which is all that others know of it. */
export const createdAgain = (classifier: Handler): Handler => ({
  ...classifier,
  async read(ctx, id, known) {
    const held = Object.entries((await classifier.read(ctx, id, known)) ?? {});
    return held.length > 0 ? Object.fromEntries(held.map(([name, value]) => [name, settingsOf(value)])) : undefined;
  },
  async update(ctx, id, olds, news, changed) {
    await classifier.update?.(checking(ctx), id, olds, news, changed);
    await classifier.delete(ctx, id, olds);
    await classifier.create(ctx, news, () => {});
  },
});

/** A classifier's settings without what Glue adds to them. */
function settingsOf(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { name: _name, creationTime: _created, lastUpdated: _updated, version: _version, ...settings } = value;
  return settings;
}
