package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
	metricsclient "k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	customapi "k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
	externalapi "k8s.io/metrics/pkg/apis/external_metrics/v1beta1"
	metricsapi "k8s.io/metrics/pkg/apis/metrics/v1beta1"
	resourceclient "k8s.io/metrics/pkg/client/clientset/versioned/typed/metrics/v1beta1"
	customclient "k8s.io/metrics/pkg/client/custom_metrics"
	externalclient "k8s.io/metrics/pkg/client/external_metrics"
)

const (
	namespace = "simulated"
	target    = "server"
)

var (
	podLabels = map[string]string{"app": target}
	errFailed = errors.New("this metric is made to fail")
)

// quantities is a list of resources as text, such as {"cpu": "250m"}.
type quantities map[v1.ResourceName]string

func (q quantities) list() v1.ResourceList {
	list := make(v1.ResourceList, len(q))
	for name, text := range q {
		list[name] = resource.MustParse(text)
	}
	return list
}

type containerCase struct {
	Name     string     `json:"name"`
	Requests quantities `json:"requests"`
	Sidecar  bool       `json:"sidecar"`
}

type podCase struct {
	Name         string          `json:"name"`
	Phase        v1.PodPhase     `json:"phase"`
	Ready        *string         `json:"ready"`
	ReadySinceMs int64           `json:"ready_since_ms"`
	StartedMs    *int64          `json:"started_ms"`
	Deleting     bool            `json:"deleting"`
	Containers   []containerCase `json:"containers"`
	Requests     quantities      `json:"requests"`
}

type usageCase struct {
	Name       string `json:"name"`
	AtMs       int64  `json:"at_ms"`
	WindowMs   int64  `json:"window_ms"`
	Containers []struct {
		Name  string     `json:"name"`
		Usage quantities `json:"usage"`
	} `json:"containers"`
}

type sampleCase struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// worldCase is what the controller could see at one moment.
type worldCase struct {
	Pods     []podCase               `json:"pods"`
	Usage    []usageCase             `json:"usage"`
	Custom   map[string][]sampleCase `json:"custom"`
	Object   map[string]string       `json:"object"`
	External map[string][]string     `json:"external"`
	// Failing names the metrics that answer with an error: "resource", or the name of one.
	Failing []string `json:"failing"`
}

func (w *worldCase) failing(name string) bool {
	for _, one := range w.Failing {
		if one == name {
			return true
		}
	}
	return false
}

// clock turns milliseconds of a case into a time of the bubble.
type clock struct{ zero time.Time }

func (c clock) at(ms int64) metav1.Time {
	return metav1.NewTime(c.zero.Add(time.Duration(ms) * time.Millisecond))
}

func (c clock) pod(one podCase) *v1.Pod {
	pod := &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: one.Name, Labels: podLabels},
		Status:     v1.PodStatus{Phase: one.Phase},
	}
	if one.Deleting {
		now := metav1.Now()
		pod.DeletionTimestamp = &now
	}
	if one.StartedMs != nil {
		started := c.at(*one.StartedMs)
		pod.Status.StartTime = &started
	}
	if one.Ready != nil {
		pod.Status.Conditions = []v1.PodCondition{{
			Type: v1.PodReady, Status: v1.ConditionStatus(*one.Ready), LastTransitionTime: c.at(one.ReadySinceMs),
		}}
	}
	always := v1.ContainerRestartPolicyAlways
	for _, container := range one.Containers {
		made := v1.Container{Name: container.Name, Resources: v1.ResourceRequirements{Requests: container.Requests.list()}}
		if container.Sidecar {
			made.RestartPolicy = &always
			pod.Spec.InitContainers = append(pod.Spec.InitContainers, made)
		} else {
			pod.Spec.Containers = append(pod.Spec.Containers, made)
		}
	}
	if one.Requests != nil {
		pod.Spec.Resources = &v1.ResourceRequirements{Requests: one.Requests.list()}
	}
	return pod
}

// fill puts the pods of a world, and no others, where the controller's lister reads them.
func (c clock) fill(store cache.Indexer, pods []podCase) {
	objects := make([]interface{}, len(pods))
	for i, one := range pods {
		objects[i] = c.pod(one)
	}
	must(store.Replace(objects, ""))
}

// apis are the three metrics APIs; the clients in front of them are the real ones.
type apis struct {
	clock clock
	world *worldCase
}

func (a *apis) client() metricsclient.MetricsClient {
	return metricsclient.NewRESTMetricsClient(podUsages{apis: a}, customAPI{apis: a}, externalAPI{apis: a})
}

type podUsages struct {
	resourceclient.PodMetricsInterface
	apis *apis
}

func (p podUsages) PodMetricses(string) resourceclient.PodMetricsInterface { return p }

func (p podUsages) List(context.Context, metav1.ListOptions) (*metricsapi.PodMetricsList, error) {
	if p.apis.world.failing("resource") {
		return nil, errFailed
	}
	list := &metricsapi.PodMetricsList{}
	for _, one := range p.apis.world.Usage {
		item := metricsapi.PodMetrics{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: one.Name},
			Timestamp:  p.apis.clock.at(one.AtMs),
			Window:     metav1.Duration{Duration: time.Duration(one.WindowMs) * time.Millisecond},
		}
		for _, container := range one.Containers {
			item.Containers = append(item.Containers, metricsapi.ContainerMetrics{Name: container.Name, Usage: container.Usage.list()})
		}
		list.Items = append(list.Items, item)
	}
	return list, nil
}

type customAPI struct{ apis *apis }

func (c customAPI) RootScopedMetrics() customclient.MetricsInterface       { return c }
func (c customAPI) NamespacedMetrics(string) customclient.MetricsInterface { return c }

func (c customAPI) GetForObject(_ schema.GroupKind, _ string, metric string, _ labels.Selector) (*customapi.MetricValue, error) {
	value, found := c.apis.world.Object[metric]
	if !found || c.apis.world.failing(metric) {
		return nil, errFailed
	}
	return &customapi.MetricValue{Value: resource.MustParse(value), Timestamp: metav1.Now()}, nil
}

func (c customAPI) GetForObjects(_ schema.GroupKind, _ labels.Selector, metric string, _ labels.Selector) (*customapi.MetricValueList, error) {
	if c.apis.world.failing(metric) {
		return nil, errFailed
	}
	list := &customapi.MetricValueList{}
	for _, one := range c.apis.world.Custom[metric] {
		list.Items = append(list.Items, customapi.MetricValue{
			DescribedObject: v1.ObjectReference{Kind: "Pod", Namespace: namespace, Name: one.Name},
			Timestamp:       metav1.Now(),
			Value:           resource.MustParse(one.Value),
		})
	}
	return list, nil
}

type externalAPI struct{ apis *apis }

func (e externalAPI) NamespacedMetrics(string) externalclient.MetricsInterface { return e }

func (e externalAPI) List(metric string, _ labels.Selector) (*externalapi.ExternalMetricValueList, error) {
	if e.apis.world.failing(metric) {
		return nil, errFailed
	}
	list := &externalapi.ExternalMetricValueList{}
	for _, value := range e.apis.world.External[metric] {
		list.Items = append(list.Items, externalapi.ExternalMetricValue{MetricName: metric, Timestamp: metav1.Now(), Value: resource.MustParse(value)})
	}
	return list, nil
}

func describe(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprint(err)
}
