//! EC2's network access lists, gateways, route tables and VPCs (CIS 4.11 to 4.14).

use super::super::event::{Body, Kind};
use super::super::json::Object;
use super::super::scene::Scene;
use super::ec2;

pub(in super::super) const KINDS: &[Kind] = &[
    // Network access lists.
    Kind::write("ec2", "CreateNetworkAcl", |scene| {
        let vpc = scene.vpc();
        let made =
            Object::new().text("networkAclId", &scene.id("acl")).text("vpcId", vpc).flag("default", false);
        creates(scene, Object::new().text("vpcId", vpc), "networkAcl", made)
    }),
    Kind::write("ec2", "CreateNetworkAclEntry", acl_entry),
    Kind::write("ec2", "ReplaceNetworkAclEntry", acl_entry),
    Kind::write("ec2", "DeleteNetworkAcl", |scene| on(scene, &[("networkAclId", "acl")])),
    Kind::write("ec2", "DeleteNetworkAclEntry", |scene| {
        let request = Object::new()
            .text("networkAclId", &scene.id("acl"))
            .number("ruleNumber", 110)
            .flag("egress", false);
        ec2(scene, request)
    }),
    Kind::write("ec2", "ReplaceNetworkAclAssociation", |scene| {
        reassociates(scene, "aclassoc", "networkAclId", "acl")
    }),
    // Gateways.
    Kind::write("ec2", "CreateCustomerGateway", |scene| {
        let address = scene.world.office.clone();
        let made = Object::new()
            .text("customerGatewayId", &scene.id("cgw"))
            .text("state", "available")
            .text("ipAddress", &address);
        let request =
            Object::new().text("type", "ipsec.1").number("bgpAsn", 65000).text("ipAddress", &address);
        creates(scene, request, "customerGateway", made)
    }),
    Kind::write("ec2", "DeleteCustomerGateway", |scene| on(scene, &[("customerGatewayId", "cgw")])),
    Kind::write("ec2", "CreateInternetGateway", |scene| {
        let made =
            Object::new().text("internetGatewayId", &scene.id("igw")).json("attachmentSet", Object::new());
        creates(scene, Object::new(), "internetGateway", made)
    }),
    Kind::write("ec2", "DeleteInternetGateway", |scene| on(scene, &[("internetGatewayId", "igw")])),
    Kind::write("ec2", "AttachInternetGateway", |scene| {
        on(scene, &[("internetGatewayId", "igw"), ("vpcId", "vpc")])
    }),
    Kind::write("ec2", "DetachInternetGateway", |scene| {
        on(scene, &[("internetGatewayId", "igw"), ("vpcId", "vpc")])
    }),
    // Route tables.
    Kind::write("ec2", "CreateRoute", route),
    Kind::write("ec2", "ReplaceRoute", route),
    Kind::write("ec2", "DeleteRoute", |scene| {
        let request =
            Object::new().text("routeTableId", &scene.id("rtb")).text("destinationCidrBlock", "10.8.0.0/16");
        ec2(scene, request)
    }),
    Kind::write("ec2", "CreateRouteTable", |scene| {
        let vpc = scene.vpc();
        let made = Object::new().text("routeTableId", &scene.id("rtb")).text("vpcId", vpc);
        creates(scene, Object::new().text("vpcId", vpc), "routeTable", made)
    }),
    Kind::write("ec2", "DeleteRouteTable", |scene| on(scene, &[("routeTableId", "rtb")])),
    Kind::write("ec2", "ReplaceRouteTableAssociation", |scene| {
        reassociates(scene, "rtbassoc", "routeTableId", "rtb")
    }),
    Kind::write("ec2", "DisassociateRouteTable", |scene| on(scene, &[("associationId", "rtbassoc")])),
    // VPCs.
    Kind::write("ec2", "CreateVpc", |scene| {
        let made = Object::new()
            .text("vpcId", &scene.id("vpc"))
            .text("state", "pending")
            .text("cidrBlock", "10.16.0.0/16");
        let request = Object::new().text("cidrBlock", "10.16.0.0/16").text("instanceTenancy", "default");
        creates(scene, request, "vpc", made)
    }),
    Kind::write("ec2", "DeleteVpc", |scene| on(scene, &[("vpcId", "vpc")])),
    Kind::write("ec2", "ModifyVpcAttribute", |scene| {
        let request = Object::new()
            .text("vpcId", scene.vpc())
            .json("enableDnsHostnames", Object::new().flag("value", true));
        ec2(scene, request)
    }),
    Kind::write("ec2", "CreateVpcPeeringConnection", |scene| {
        let (ours, theirs) = (scene.vpc(), scene.id("vpc"));
        let made = Object::new().text("vpcPeeringConnectionId", &scene.id("pcx"));
        let request =
            Object::new().text("vpcId", ours).text("peerVpcId", &theirs).text("peerOwnerId", "210987654321");
        creates(scene, request, "vpcPeeringConnection", made)
    }),
    Kind::write("ec2", "AcceptVpcPeeringConnection", |scene| on(scene, &[("vpcPeeringConnectionId", "pcx")])),
    Kind::write("ec2", "RejectVpcPeeringConnection", |scene| on(scene, &[("vpcPeeringConnectionId", "pcx")])),
    Kind::write("ec2", "DeleteVpcPeeringConnection", |scene| on(scene, &[("vpcPeeringConnectionId", "pcx")])),
    Kind::write("ec2", "AttachClassicLinkVpc", |scene| on(scene, &[("vpcId", "vpc"), ("instanceId", "i")])),
    Kind::write("ec2", "DetachClassicLinkVpc", |scene| on(scene, &[("vpcId", "vpc"), ("instanceId", "i")])),
    Kind::write("ec2", "EnableVpcClassicLink", |scene| on(scene, &[("vpcId", "vpc")])),
    Kind::write("ec2", "DisableVpcClassicLink", |scene| on(scene, &[("vpcId", "vpc")])),
    // Neighbours that no alarm of the published template or CIS asks for.
    Kind::write("ec2", "AssociateRouteTable", |scene| {
        on(scene, &[("routeTableId", "rtb"), ("subnetId", "subnet")])
    }),
    Kind::write("ec2", "CreateSubnet", |scene| {
        let made = Object::new().text("subnetId", &scene.id("subnet")).text("state", "available");
        let request = Object::new().text("vpcId", scene.vpc()).text("cidrBlock", "10.16.1.0/24");
        creates(scene, request, "subnet", made)
    }),
    Kind::write("ec2", "CreateNatGateway", |scene| {
        let made = Object::new().text("natGatewayId", &scene.id("nat")).text("state", "pending");
        let subnet = scene.pick(&scene.world.subnets);
        creates(scene, Object::new().text("subnetId", subnet), "natGateway", made)
    }),
    Kind::write("apigateway", "CreateRoute", |scene| {
        let request = Object::new().text("apiId", &scene.random.hex(10)).text("routeKey", "GET /orders");
        Body::request(request.clone()).response(request.text("routeId", &scene.random.hex(7)))
    }),
];

/// A call that names things and answers with nothing else than that it is done.
fn on(scene: &mut Scene<'_>, members: &[(&str, &str)]) -> Body {
    let request = members.iter().fold(Object::new(), |request, (name, prefix)| {
        let id = match *prefix {
            "vpc" => scene.vpc().to_owned(),
            "i" => scene.instance().to_owned(),
            "subnet" => scene.pick(&scene.world.subnets).clone(),
            other => scene.id(other),
        };
        request.text(name, &id)
    });
    ec2(scene, request)
}

/// A call that answers with what it made.
fn creates(scene: &mut Scene<'_>, request: Object, what: &str, made: Object) -> Body {
    let made = made.text("ownerId", &scene.world.account).json("tagSet", Object::new());
    let response = Object::new().text("requestId", &scene.random.uuid()).json(what, made);
    Body::request(request).response(response)
}

fn reassociates(scene: &mut Scene<'_>, association: &str, member: &str, prefix: &str) -> Body {
    let request = Object::new().text("associationId", &scene.id(association)).text(member, &scene.id(prefix));
    let response = Object::new()
        .text("requestId", &scene.random.uuid())
        .text("newAssociationId", &scene.id(association));
    Body::request(request).response(response)
}

fn acl_entry(scene: &mut Scene<'_>) -> Body {
    let request = Object::new()
        .text("networkAclId", &scene.id("acl"))
        .number("ruleNumber", 10 * scene.random.between(5, 20))
        .flag("egress", false)
        .text("ruleAction", "allow")
        .text("cidrBlock", "0.0.0.0/0")
        .text("aclProtocol", "6")
        .json("icmpTypeCode", Object::new())
        .json("portRange", Object::new().number("from", 22).number("to", 22));
    ec2(scene, request)
}

fn route(scene: &mut Scene<'_>) -> Body {
    let request = Object::new()
        .text("routeTableId", &scene.id("rtb"))
        .text("destinationCidrBlock", "0.0.0.0/0")
        .text("gatewayId", &scene.id("igw"));
    ec2(scene, request)
}
