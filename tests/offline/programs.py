"""Small programs that the tests run, and what they expect of them."""

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random

PROJECT, STACK = "shop", "dev"


class Box(pulumi.ComponentResource):
    """A component with one child, whose name it passes on."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Box", name, None, opts)
        self.settings = k8s.core.v1.ConfigMap(
            f"{name}-settings", data={"level": "info"}, opts=pulumi.ResourceOptions(parent=self)
        )
        self.settings_name = self.settings.metadata.name
        self.register_outputs({"settingsName": self.settings_name})


def server(replicas: int = 3, **options: object) -> k8s.apps.v1.Deployment:
    """A Deployment with a fixed name and a whole number in it."""
    return k8s.apps.v1.Deployment(
        "server",
        metadata={"name": "web", "namespace": "mcp"},
        spec={
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "server", "image": "registry.example/mcp:1.0.0"}]},
            },
        },
        opts=pulumi.ResourceOptions(**options),
    )


def generated_secret() -> k8s.core.v1.Secret:
    """A Secret that holds a generated password, and a ConfigMap that leaks it."""
    password = random.RandomPassword("password", length=24)
    k8s.core.v1.ConfigMap(
        "leak", metadata={"name": "leak"}, data={"url": pulumi.Output.concat("pg://u:", password.result)}
    )
    return k8s.core.v1.Secret(
        "credentials", metadata={"name": "credentials"}, string_data={"user": "app", "password": password.result}
    )
