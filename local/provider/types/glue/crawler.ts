import * as glue from "@aws-sdk/client-glue";
import type { ClassifierArgs, CrawlerArgs } from "@pulumi/aws/glue";
import { define, type Context, type Inputs, type Props } from "../../handler";
import { fromApi, tagChanges, toApi, type Names } from "../../shape";

const send = (ctx: Context): glue.GlueClient => ctx.client(glue.GlueClient);

/** Inputs with targets → the API's kind of targets, and the names that are not just capitalised. */
const TARGETS: Readonly<Record<string, readonly [kind: keyof glue.CrawlerTargets, names: Names]>> = {
  catalogTargets: ["CatalogTargets", {}],
  deltaTargets: ["DeltaTargets", {}],
  dynamodbTargets: ["DynamoDBTargets", { scanAll: "scanAll", scanRate: "scanRate" }],
  hudiTargets: ["HudiTargets", {}],
  icebergTargets: ["IcebergTargets", {}],
  jdbcTargets: ["JdbcTargets", { enableAdditionalMetadatas: "EnableAdditionalMetadata" }],
  mongodbTargets: ["MongoDBTargets", {}],
  s3Targets: ["S3Targets", {}],
};

function request(inputs: Inputs<CrawlerArgs>): Omit<glue.CreateCrawlerRequest, "Name" | "Tags"> {
  const given = inputs as Props;
  return {
    Role: inputs.role,
    DatabaseName: inputs.databaseName,
    Description: inputs.description ?? "",
    TablePrefix: inputs.tablePrefix ?? "",
    Classifiers: (inputs.classifiers ?? []) as string[],
    Configuration: inputs.configuration,
    Schedule: inputs.schedule ?? "",
    CrawlerSecurityConfiguration: inputs.securityConfiguration,
    SchemaChangePolicy: toApi(inputs.schemaChangePolicy),
    RecrawlPolicy: toApi(inputs.recrawlPolicy),
    LineageConfiguration: toApi(inputs.lineageConfiguration),
    LakeFormationConfiguration: toApi(inputs.lakeFormationConfiguration),
    Targets: Object.fromEntries(
      Object.entries(TARGETS).flatMap(([name, [kind, names]]) =>
        given[name] === undefined ? [] : [[kind, toApi(given[name], names)]],
      ),
    ),
  };
}

const some = (values: object | undefined): object | undefined =>
  values && Object.keys(values).length > 0 ? values : undefined;

export const crawler = define<CrawlerArgs>({
  type: "aws:glue/crawler:Crawler",
  outputs: ["arn"],
  replaceOn: ["name"],
  defaults: {
    schemaChangePolicy: { deleteBehavior: "DEPRECATE_IN_DATABASE", updateBehavior: "UPDATE_IN_DATABASE" },
    recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
    lineageConfiguration: { crawlerLineageSettings: "DISABLE" },
  },
  keeps: ["name"],
  documents: ["configuration"],
  autoname: { property: "name", maxLength: 255 },
  taggable: true,
  async create(ctx, inputs, exists) {
    const Name = inputs.name ?? "";
    await send(ctx).send(
      new glue.CreateCrawlerCommand({
        Name,
        ...request(inputs),
        Tags: inputs.tags as Record<string, string> | undefined,
      }),
    );
    exists(Name);
    // The emulator forgets the tags of the request that creates.
    if (inputs.tags && Object.keys(inputs.tags).length > 0) {
      const TagsToAdd = inputs.tags as Record<string, string>;
      await send(ctx).send(new glue.TagResourceCommand({ ResourceArn: arnOf(ctx, Name), TagsToAdd }));
    }
    return Name;
  },
  async read(ctx, Name, known) {
    const { Crawler } = await send(ctx).send(new glue.GetCrawlerCommand({ Name }));
    if (!Crawler) return undefined;
    const arn = arnOf(ctx, Name);
    const { Tags } = await send(ctx).send(new glue.GetTagsCommand({ ResourceArn: arn }));
    const targets = Object.entries(TARGETS).map(([name, [kind, names]]) => {
      const held = Crawler.Targets?.[kind];
      return [name, held?.length ? held.map((target) => fromApi(target, names)) : undefined] as const;
    });
    const policy = (held: object | undefined): Props | undefined => some(held) && fromApi(held);
    return {
      name: Crawler.Name,
      arn,
      role: Crawler.Role,
      databaseName: Crawler.DatabaseName || undefined,
      description: Crawler.Description || undefined,
      tablePrefix: Crawler.TablePrefix || undefined,
      classifiers: Crawler.Classifiers?.length ? Crawler.Classifiers : undefined,
      configuration: Crawler.Configuration || undefined,
      schedule: Crawler.Schedule?.ScheduleExpression || undefined,
      securityConfiguration: Crawler.CrawlerSecurityConfiguration || undefined,
      schemaChangePolicy: policy(Crawler.SchemaChangePolicy),
      recrawlPolicy: policy(Crawler.RecrawlPolicy),
      lineageConfiguration: policy(Crawler.LineageConfiguration),
      lakeFormationConfiguration: known.lakeFormationConfiguration,
      ...Object.fromEntries(targets),
      tags: Tags ?? {},
    };
  },
  async update(ctx, Name, olds, news) {
    // What the program says no more goes back to what AWS assumes.
    const back = {
      Configuration: "",
      CrawlerSecurityConfiguration: "",
      SchemaChangePolicy: {
        DeleteBehavior: glue.DeleteBehavior.DEPRECATE_IN_DATABASE,
        UpdateBehavior: glue.UpdateBehavior.UPDATE_IN_DATABASE,
      },
      RecrawlPolicy: { RecrawlBehavior: glue.RecrawlBehavior.CRAWL_EVERYTHING },
      LineageConfiguration: { CrawlerLineageSettings: glue.CrawlerLineageSettings.DISABLE },
    };
    const asked = Object.fromEntries(Object.entries(request(news)).filter(([, value]) => value !== undefined));
    await send(ctx).send(new glue.UpdateCrawlerCommand({ Name, ...back, ...asked }));
    const { set, remove } = tagChanges(olds.tags, news.tags);
    const ResourceArn = arnOf(ctx, Name);
    if (remove.length > 0) await send(ctx).send(new glue.UntagResourceCommand({ ResourceArn, TagsToRemove: remove }));
    if (Object.keys(set).length > 0) await send(ctx).send(new glue.TagResourceCommand({ ResourceArn, TagsToAdd: set }));
  },
  async delete(ctx, Name) {
    await send(ctx).send(new glue.DeleteCrawlerCommand({ Name }));
  },
});

const arnOf = (ctx: Context, name: string): string => ctx.arn("glue", `crawler/${name}`);

/** Inputs with a classifier → the API's kind, and the names that are not just capitalised. */
const KINDS = {
  csvClassifier: "CsvClassifier",
  grokClassifier: "GrokClassifier",
  jsonClassifier: "JsonClassifier",
  xmlClassifier: "XMLClassifier",
} as const;
const CSV: Names = { headers: "Header" };

const classification = (inputs: Inputs<ClassifierArgs>): glue.CreateClassifierRequest =>
  Object.fromEntries(
    Object.entries(KINDS).flatMap(([name, kind]) => {
      const given = (inputs as Props)[name];
      return given === undefined ? [] : [[kind, { Name: inputs.name, ...toApi<object>(given, CSV) }]];
    }),
  );

export const classifier = define<ClassifierArgs>({
  type: "aws:glue/classifier:Classifier",
  outputs: [],
  replaceOn: ["name"],
  keeps: ["name"],
  autoname: { property: "name", maxLength: 255 },
  check(inputs) {
    const given = Object.keys(KINDS).filter((name) => (inputs as Props)[name] !== undefined);
    if (given.length === 1) return [];
    const reason = `exactly one of ${Object.keys(KINDS).join(", ")} is needed; here are ${given.join(", ") || "none"}`;
    return [{ property: given[1] ?? "csvClassifier", reason }];
  },
  async create(ctx, inputs) {
    await send(ctx).send(new glue.CreateClassifierCommand(classification(inputs)));
    return inputs.name ?? "";
  },
  async read(ctx, Name) {
    const { Classifier } = await send(ctx).send(new glue.GetClassifierCommand({ Name }));
    if (!Classifier) return undefined;
    const told = Object.entries(KINDS).map(([name, kind]) => {
      const held = Classifier[kind];
      if (!held) return [name, undefined] as const;
      const {
        Name: _,
        CreationTime: _created,
        LastUpdated: _updated,
        Version: _version,
        ...rest
      } = held as glue.CsvClassifier;
      return [name, fromApi(rest, CSV)] as const;
    });
    return { name: Name, ...Object.fromEntries(told) };
  },
  /** The emulator cannot update one: it is deleted and made again under its name, which is all that others know of it. */
  async update(ctx, Name, _olds, news) {
    const wanted = classification(news);
    ctx.record(glue.GlueClient, new glue.CreateClassifierCommand(wanted));
    await send(ctx).send(new glue.DeleteClassifierCommand({ Name }));
    await send(ctx).send(new glue.CreateClassifierCommand(wanted));
  },
  async delete(ctx, Name) {
    await send(ctx).send(new glue.DeleteClassifierCommand({ Name }));
  },
});
