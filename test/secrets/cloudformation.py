"""Deploys a template into moto's CloudFormation, updates it, deletes it, and has moto judge the policies that came of it.

Reads {"templates": [text, ...], "questions": [{"policy", "action", "resource", "context"}]} and prints what each step left behind.
moto makes every kind of resource of the template but AWS::SecretsManager::Secret and ::RotationSchedule, and updates every kind but
AWS::IAM::ManagedPolicy: for these this file tells its CloudFormation how its own Secrets Manager and IAM do the same.
"""

import json
import re
import sys

import boto3
import yaml
from moto import mock_aws
from moto.core.common_models import CloudFormationModel
from moto.iam.access_control import IAMPolicy, IAMPolicyStatement, PermissionResult
from moto.iam.models import ManagedPolicy
from moto.secretsmanager.models import secretsmanager_backends

REGION = "eu-west-1"


class Physical:
    def __init__(self, identifier):
        self.physical_resource_id = identifier

    @classmethod
    def has_cfn_attr(cls, attr):
        return False


class Secret(Physical, CloudFormationModel):
    # By the name of its module moto knows whose it is.
    __module__ = "moto.secretsmanager.cloudformation"

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @staticmethod
    def cloudformation_type():
        return "AWS::SecretsManager::Secret"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        client = boto3.client("secretsmanager", region_name)
        arguments = {"Name": properties["Name"], "Description": properties["Description"], "Tags": properties["Tags"], "KmsKeyId": properties["KmsKeyId"]}
        generate = properties.get("GenerateSecretString")
        if generate is not None:
            # As the service does, it takes the properties as the parameters of GetRandomPassword.
            arguments["SecretString"] = client.get_random_password(**generate)["RandomPassword"]
        return cls(client.create_secret(**arguments)["ARN"])

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        properties = cloudformation_json["Properties"]
        client = boto3.client("secretsmanager", region_name)
        client.update_secret(SecretId=original_resource.physical_resource_id, Description=properties["Description"])
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        boto3.client("secretsmanager", region_name).delete_secret(SecretId=resource_name, ForceDeleteWithoutRecovery=True)


class RotationSchedule(Physical, CloudFormationModel):
    __module__ = "moto.secretsmanager.cloudformation"

    @staticmethod
    def cloudformation_type():
        return "AWS::SecretsManager::RotationSchedule"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        secret = secretsmanager_backends[account_id][region_name].secrets[properties["SecretId"]]
        # The function itself runs in a test of its own; without Docker moto runs none.
        secret.rotation_lambda_arn = properties["RotationLambdaARN"]
        secret.auto_rotate_after_days = properties["RotationRules"]["AutomaticallyAfterDays"]
        secret.rotation_enabled = secret.rotation_requested = True
        return cls(properties["SecretId"])

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        pass


def update_policy(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    document = json.dumps(cloudformation_json["Properties"]["PolicyDocument"])
    boto3.client("iam").create_policy_version(PolicyArn=original_resource.arn, PolicyDocument=document, SetAsDefault=True)
    return original_resource


ManagedPolicy.update_from_cloudformation_json = classmethod(update_policy)


def matches(self, pattern, text):
    """As IAM does; moto takes a question mark for one of a regular expression."""
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(each, re.escape(each)) for each in pattern), text)


IAMPolicyStatement._match = matches


def seen(formation):
    """What is there, by the services' own word."""
    secrets = boto3.client("secretsmanager", REGION)
    stacks = formation.describe_stacks()["Stacks"]
    resources = formation.describe_stack_resources(StackName="secrets")["StackResources"] if stacks else []
    described = [secrets.describe_secret(SecretId=each["ARN"]) for each in secrets.list_secrets()["SecretList"]]
    return {
        "status": stacks[0]["StackStatus"] if stacks else None,
        "outputs": sorted(each["OutputKey"] for each in stacks[0].get("Outputs", [])) if stacks else [],
        "resources": {each["LogicalResourceId"]: each["ResourceType"] for each in resources},
        "secrets": {
            each["Name"]: {
                "key": each.get("KmsKeyId"),
                "description": each.get("Description"),
                "rotates": each.get("RotationRules", {}).get("AutomaticallyAfterDays"),
                "length": len(secrets.get_secret_value(SecretId=each["ARN"])["SecretString"]) if each.get("VersionIdsToStages") else None,
            }
            for each in described
        },
        "keys": [each["KeyId"] for each in boto3.client("kms", REGION).list_keys()["Keys"]],
        "roles": sorted(each["RoleName"] for each in boto3.client("iam", REGION).list_roles()["Roles"]),
    }


def judge(formation, questions):
    iam = boto3.client("iam", REGION)
    physical = {
        each["LogicalResourceId"]: each.get("PhysicalResourceId")
        for each in formation.describe_stack_resources(StackName="secrets")["StackResources"]
    }

    def document(name):
        if name.startswith("trust of "):
            role = iam.get_role(RoleName=physical[name.removeprefix("trust of ")])
            return role["Role"]["AssumeRolePolicyDocument"]
        if name.startswith("inline of "):
            role = physical[name.removeprefix("inline of ")]
            [inline] = iam.list_role_policies(RoleName=role)["PolicyNames"]
            return iam.get_role_policy(RoleName=role, PolicyName=inline)["PolicyDocument"]
        policy = iam.get_policy(PolicyArn=physical[name])["Policy"]
        return iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]["Document"]

    def text(found):
        """moto hands out some as objects, some as JSON, and those of a template as Python writes them, all of which is YAML."""
        return text(yaml.safe_load(found)) if isinstance(found, str) else json.dumps(found)

    def resource(name):
        if name == "Key":
            return f"arn:aws:kms:{REGION}:123456789012:key/{physical[name]}"
        return physical.get(name, name)

    return [
        IAMPolicy(text(document(each["policy"]))).is_action_permitted(
            each["action"], resource(each["resource"]), None, each.get("context", {})
        )
        == PermissionResult.PERMITTED
        for each in questions
    ]


with mock_aws():
    given = json.load(sys.stdin)
    client = boto3.client("cloudformation", REGION)
    first, *later = given["templates"]
    steps = []
    client.create_stack(StackName="secrets", TemplateBody=first, Capabilities=["CAPABILITY_NAMED_IAM"])
    steps.append(seen(client))
    for template in later:
        client.update_stack(StackName="secrets", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
        steps.append(seen(client))
    judged = judge(client, given["questions"])
    client.delete_stack(StackName="secrets")
    steps.append(seen(client))
    json.dump({"steps": steps, "judged": judged}, sys.stdout)
