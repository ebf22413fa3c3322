import type { Context, Handler, Props } from "../handler";

/** A context whose requests are checked as AWS would check them, and sent nowhere. */
export const checking = (ctx: Context): Context => ({
  ...ctx,
  client: <C>(Client: new (configuration: never) => C) =>
    ({
      send: (command: object) => {
        ctx.record(Client, command);
        return Promise.resolve({});
      },
    }) as C,
});

/**
 * A handler whose ids AWS's provider writes shorter than its row does: `short` turns the row's id into the provider's, and `full` turns
 * the provider's back.
 */
export const withShortId =
  (short: (id: string) => string, full: (id: string, known: Props) => string) =>
  (handler: Handler): Handler => ({
    ...handler,
    async create(ctx, inputs, exists) {
      const { id, outs } = asMade(await handler.create(ctx, inputs, (made) => exists(short(made))));
      return { id: short(id), outs };
    },
    read: (ctx, id, known) => handler.read(ctx, full(id, known), known),
    update: handler.update && ((ctx, id, olds, ...rest) => handler.update!(ctx, full(id, olds), olds, ...rest)),
    delete: (ctx, id, known) => handler.delete(ctx, full(id, known), known),
  });

const asMade = (made: string | { id: string; outs?: Props }): { id: string; outs: Props } =>
  typeof made === "string" ? { id: made, outs: {} } : { outs: {}, ...made };
