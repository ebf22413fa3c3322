import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ComponentArgumentError, EncryptionKey, Network, PlatformComponent, type Settings } from "../../../components";
import { parseSettings, reference } from "../../../components/core/settings";
import { record } from "../../support/harness";

const partSettings = z.strictObject({
  mode: z.enum(["classic", "serverless"]).default("classic"),
  days: z.literal([1, 7, 30]).default(7),
  least: z.int().min(1).max(10).default(1),
  most: z.int().min(1).max(10).default(10),
  title: z.string().regex(/^[a-z]+$/, "lower-case letters"),
  storage: z
    .strictObject({ sizeGiB: z.int().min(5).default(20), type: z.enum(["gp3", "io2"]).default("gp3") })
    .prefault({}),
});

class Part extends PlatformComponent {
  readonly resolved: z.output<typeof partSettings>;

  constructor(name: string, args: Settings<typeof partSettings> & { readonly other?: pulumi.Input<string> }) {
    super("core", "Part", name, {});
    this.resolved = this.settings(partSettings, args, ({ least, most }, check) => {
      check.require(least <= most, "least", least, `at most the argument most, ${most}`);
    }) as z.output<typeof partSettings>;
  }
}

const refusal = async (args: object): Promise<ComponentArgumentError> => {
  try {
    await record(() => new Part("one", args as never));
  } catch (error) {
    assert.ok(error instanceof ComponentArgumentError, String(error));
    return error;
  }
  throw new Error("the arguments were accepted");
};

const groupSettings = z.strictObject({
  parts: z
    .record(
      z.string().regex(/^[a-z]+$/, "lower-case letters"),
      z.union([z.literal("none"), z.strictObject({ size: z.int().max(9) }), z.strictObject({ path: z.string() })]),
    )
    .default({}),
  way: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("direct") }),
      z.strictObject({ kind: z.literal("by-function"), arn: reference<pulumi.Input<string>>("ARN of a function") }),
    ])
    .optional(),
  ways: z.tuple([z.int().max(3)], z.int().max(5)).optional(),
});

const problemsOf = (args: object): string[] =>
  parseSettings(groupSettings, args).problems.map(({ argument, allowed, suggestion = "" }) =>
    [argument, allowed, suggestion].join("; "),
  );

describe("the settings of a component, where there are choices,", () => {
  it("say what is wrong by the choice that fits best", () => {
    assert.deepEqual(problemsOf({ parts: { a: { size: 10 } } }), ["parts.a.size; a whole number up to 9; "]);
    assert.deepEqual(problemsOf({ parts: { a: { pth: "x" } } }).length, 2);
    assert.match(problemsOf({ parts: { a: 1 } }).join(""), /^parts\.a; "none" or an object; $/);
  });

  it("name the choices of the member that tells them apart, and the nearest", () => {
    assert.deepEqual(problemsOf({ way: { kind: "by-funktion" } }), ["way.kind; direct, by-function; by-function"]);
  });

  it("name the key of a map that is not allowed, and the entry of a list", () => {
    assert.deepEqual(problemsOf({ parts: { A1: "none" } }), ["parts; lower-case letters; "]);
    assert.deepEqual(problemsOf({ ways: [4, 6] }).sort(), [
      "ways[0]; a whole number up to 3; ",
      "ways[1]; a whole number up to 5; ",
    ]);
  });

  it("keep an output as it is, and say what is expected in its place", () => {
    const arn = pulumi.output("arn");
    const { settings } = parseSettings(groupSettings, { way: { kind: "by-function", arn } });
    assert.ok(settings?.way?.kind === "by-function");
    assert.equal(settings.way.arn, arn);
    assert.deepEqual(problemsOf({ way: { kind: "by-function" } }), ["way.arn; ARN of a function; "]);
  });
});

describe("the settings of a component", () => {
  it("fill in every default, those of nested settings too, and ignore other arguments", async () => {
    const { result } = await record(
      () => new Part("one", { title: "abc", storage: { sizeGiB: 50 }, days: undefined, other: pulumi.output("x") }),
    );
    const storage = { sizeGiB: 50, type: "gp3" };
    assert.deepEqual(result.resolved, { mode: "classic", days: 7, least: 1, most: 10, title: "abc", storage });
  });

  it("report all problems of the arguments together, with the nearest choice", async () => {
    const { problems, message } = await refusal({ mode: "clasic", days: 29, title: "A", storage: { sizeGB: 5 } });
    assert.deepEqual(
      problems.map(({ argument, suggestion }) => [argument, suggestion]),
      [
        ["mode", "classic"],
        ["days", "30"],
        ["title", undefined],
        ["storage.sizeGB", "sizeGiB"],
      ],
    );
    assert.match(
      message,
      /^Part "one": 4 problems\n {2}mode is "clasic"; allowed: classic, serverless \(did you mean "classic"\?\)/,
    );
  });

  it("check rules between arguments although another argument has a problem", async () => {
    const { problems } = await refusal({ mode: "x", title: "a", least: 5, most: 2 });
    assert.deepEqual(
      problems.map(({ argument }) => argument),
      ["mode", "least"],
    );
  });

  it("show a long value by its beginning and its end", async () => {
    const { message } = await refusal({ title: `A${"b".repeat(1000)}C` });
    assert.match(message, /title is "Ab+ … b+C"; allowed: lower-case letters$/);
    assert.ok(message.length < 300);
  });

  it("say in one line what is wrong with a single argument", async () => {
    assert.equal(
      (await refusal({ title: "a", least: 11 })).message,
      'Part "one": least is 11; allowed: a whole number from 1 to 10',
    );
    assert.equal((await refusal({})).message, 'Part "one": title is unset; allowed: a text');
    assert.match(
      (await refusal({ title: "a", most: pulumi.output(3) })).message,
      /most is known only after the deployment/,
    );
  });

  it("are refused before a child of the component is made", async () => {
    const recording = await record(() => {
      const key = new EncryptionKey("key", { description: "Key" });
      assert.throws(
        () => new Network("network", { key, zones: 1, flowLogs: "none" as never }),
        /Network "network": 2 problems/,
      );
    });
    assert.deepEqual(
      recording.resources.filter(({ parent }) => parent.includes("Network")),
      [],
    );
  });
});
