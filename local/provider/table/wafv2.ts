import type { Row } from "../generic/row";

export const WAFV2: readonly Row[] = [
  {
    type: "aws:wafv2/webAcl:WebAcl",
    service: "WAFV2",
    create: "CreateWebACL",
    id: "{id}/{name}/{scope}",
    names: { id: ["Summary.Id", "Id"] },
    read: { operation: "GetWebACL", item: "WebACL" },
    update: ["UpdateWebACL"],
    delete: "DeleteWebACL",
    computed: ({ answer, item }) => ({
      applicationIntegrationUrl: answer.ApplicationIntegrationURL ?? "",
      capacity: item.Capacity ?? 0,
      lockToken: answer.LockToken,
    }),
    changing: ["lockToken", "capacity"],
    replaceOn: ["name", "scope"],
    keeps: ["name"],
    unordered: ["rules"],
    refuses: { ruleJson: "use rules" },
    autoname: { property: "name", prefix: "namePrefix", maxLength: 128 },
  },
  {
    type: "aws:wafv2/webAclAssociation:WebAclAssociation",
    service: "WAFV2",
    create: "AssociateWebACL",
    id: "{webAclArn},{resourceArn}",
    names: { webAclArn: ["WebACLArn", "ARN"] },
    read: "GetWebACLForResource",
    delete: "DisassociateWebACL",
  },
];
