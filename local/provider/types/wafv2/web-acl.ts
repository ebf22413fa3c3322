import * as waf from "@aws-sdk/client-wafv2";
import type { WebAclArgs, WebAclAssociationArgs } from "@pulumi/aws/wafv2";
import { define, type Context, type Inputs } from "../../handler";
import { retag, tagList, tagMap, toApi } from "../../shape";

type Acl = Inputs<WebAclArgs>;

const send = (ctx: Context): waf.WAFV2Client => ctx.client(waf.WAFV2Client);

const settings = (inputs: Acl): Omit<waf.CreateWebACLCommandInput, "Name" | "Scope"> => ({
  DefaultAction: toApi(inputs.defaultAction),
  Description: inputs.description,
  VisibilityConfig: visibility(inputs.visibilityConfig),
  Rules: inputs.rules?.map((rule) => ({
    ...toApi<waf.Rule>({
      name: rule.name,
      priority: rule.priority,
      action: rule.action,
      overrideAction: rule.overrideAction,
    }),
    Statement: toApi(rule.statement),
    VisibilityConfig: visibility(rule.visibilityConfig),
  })),
});

const visibility = (given: {
  readonly cloudwatchMetricsEnabled: boolean;
  readonly metricName: string;
  readonly sampledRequestsEnabled: boolean;
}): waf.VisibilityConfig => ({
  CloudWatchMetricsEnabled: given.cloudwatchMetricsEnabled,
  MetricName: given.metricName,
  SampledRequestsEnabled: given.sampledRequestsEnabled,
});

/** `id/name/scope` */
const place = (id: string): { readonly Id: string; readonly Name: string; readonly Scope: waf.Scope } => {
  const [Id = "", Name = "", Scope = ""] = id.split("/");
  return { Id, Name, Scope: Scope as waf.Scope };
};

export const webAcl = define<WebAclArgs>({
  type: "aws:wafv2/webAcl:WebAcl",
  outputs: ["applicationIntegrationUrl", "arn", "capacity", "lockToken"],
  changing: ["lockToken", "capacity"],
  replaceOn: ["name", "scope"],
  keeps: ["name"],
  unordered: ["rules"],
  refuses: { ruleJson: "use rules" },
  autoname: { property: "name", prefix: "namePrefix", maxLength: 128 },
  taggable: true,
  async create(ctx, inputs) {
    const [Name, Scope] = [inputs.name ?? "", inputs.scope as waf.Scope];
    const { Summary } = await send(ctx).send(
      new waf.CreateWebACLCommand({
        ...settings(inputs),
        Name,
        Scope,
        Tags: inputs.tags && Object.keys(inputs.tags).length > 0 ? tagList(inputs.tags) : undefined,
      }),
    );
    return `${Summary?.Id}/${Name}/${Scope}`;
  },
  async read(ctx, id) {
    const where = place(id);
    const { WebACL: held, LockToken } = await send(ctx).send(new waf.GetWebACLCommand(where)).catch(gone);
    if (!held) return undefined;
    const { TagInfoForResource } = await send(ctx).send(new waf.ListTagsForResourceCommand({ ResourceARN: held.ARN }));
    return {
      name: held.Name,
      scope: where.Scope,
      arn: held.ARN,
      capacity: held.Capacity ?? 0,
      lockToken: LockToken,
      applicationIntegrationUrl: "",
      tags: tagMap(TagInfoForResource?.TagList),
    };
  },
  async update(ctx, id, olds, news, changed) {
    const where = place(id);
    if ([...changed].some((name) => name !== "tags")) {
      const { LockToken } = await send(ctx).send(new waf.GetWebACLCommand(where));
      await send(ctx).send(new waf.UpdateWebACLCommand({ ...settings(news), ...where, LockToken }));
    }
    const ResourceARN = String(olds.arn);
    await retag(
      olds,
      news,
      (TagKeys) => send(ctx).send(new waf.UntagResourceCommand({ ResourceARN, TagKeys })),
      (tags) => send(ctx).send(new waf.TagResourceCommand({ ResourceARN, Tags: tagList(tags) })),
    );
  },
  async delete(ctx, id) {
    const where = place(id);
    const { LockToken } = await send(ctx).send(new waf.GetWebACLCommand(where));
    await send(ctx).send(new waf.DeleteWebACLCommand({ ...where, LockToken }));
  },
});

function gone(error: Error): Partial<waf.GetWebACLCommandOutput> {
  if (error.name === "WAFNonexistentItemException") return {};
  throw error;
}

export const webAclAssociation = define<WebAclAssociationArgs>({
  type: "aws:wafv2/webAclAssociation:WebAclAssociation",
  outputs: [],
  replaceOn: [],
  async create(ctx, { webAclArn, resourceArn }) {
    await send(ctx).send(new waf.AssociateWebACLCommand({ WebACLArn: webAclArn, ResourceArn: resourceArn }));
    return `${webAclArn},${resourceArn}`;
  },
  async read(ctx, id) {
    const resourceArn = id.slice(id.indexOf(",") + 1);
    const { WebACL } = await send(ctx)
      .send(new waf.GetWebACLForResourceCommand({ ResourceArn: resourceArn }))
      .catch(() => ({ WebACL: undefined }));
    return WebACL && { webAclArn: WebACL.ARN, resourceArn };
  },
  async delete(ctx, id) {
    await send(ctx).send(new waf.DisassociateWebACLCommand({ ResourceArn: id.slice(id.indexOf(",") + 1) }));
  },
});
