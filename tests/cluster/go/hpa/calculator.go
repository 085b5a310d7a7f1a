package main

import (
	"context"
	"fmt"
	"reflect"
	"time"
	"unsafe"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
)

// proposeCase is one call of one public method of the replica calculator.
type proposeCase struct {
	Method      string          `json:"method"`
	Current     int32           `json:"current"`
	Target      int64           `json:"target"`
	Resource    v1.ResourceName `json:"resource"`
	Container   string          `json:"container"`
	Down        float64         `json:"down"`
	Up          float64         `json:"up"`
	NowMs       int64           `json:"now_ms"`
	CPUInitMs   int64           `json:"cpu_init_ms"`
	ReadinessMs int64           `json:"readiness_ms"`
	World       worldCase       `json:"world"`
}

type proposal struct {
	Replicas    int32  `json:"replicas"`
	Utilization int32  `json:"utilization"`
	Usage       int64  `json:"usage"`
	Error       string `json:"error"`
}

// tolerances makes the calculator's own type, whose fields only its package can name.
func tolerances(down, up float64) podautoscaler.Tolerances {
	var made podautoscaler.Tolerances
	value := reflect.ValueOf(&made).Elem()
	for name, side := range map[string]float64{"scaleDown": down, "scaleUp": up} {
		field := value.FieldByName(name)
		if !field.IsValid() || field.Kind() != reflect.Float64 {
			must(fmt.Errorf("podautoscaler.Tolerances has no float64 %s", name))
		}
		*(*float64)(unsafe.Pointer(field.UnsafeAddr())) = side
	}
	return made
}

func propose(ctx context.Context, one *proposeCase) proposal {
	now := time.Now()
	times := clock{now.Add(-time.Duration(one.NowMs) * time.Millisecond)}
	store := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	times.fill(store, one.World.Pods)
	calculator := podautoscaler.NewReplicaCalculator(
		(&apis{times, &one.World}).client(),
		corelisters.NewPodLister(store),
		time.Duration(one.CPUInitMs)*time.Millisecond,
		time.Duration(one.ReadinessMs)*time.Millisecond,
	)
	var (
		result   proposal
		err      error
		selector = labels.SelectorFromSet(podLabels)
		within   = tolerances(one.Down, one.Up)
		object   = &autoscalingv2.CrossVersionObjectReference{APIVersion: "v1", Kind: "Service", Name: target}
	)
	const metric = "metric"
	switch one.Method {
	case "utilization":
		result.Replicas, result.Utilization, result.Usage, _, err = calculator.GetResourceReplicas(
			ctx, one.Current, int32(one.Target), one.Resource, within, namespace, selector, one.Container)
	case "raw":
		result.Replicas, result.Usage, _, err = calculator.GetRawResourceReplicas(
			ctx, one.Current, one.Target, one.Resource, within, namespace, selector, one.Container)
	case "pods":
		result.Replicas, result.Usage, _, err = calculator.GetMetricReplicas(
			one.Current, one.Target, metric, within, namespace, selector, labels.Everything())
	case "object":
		result.Replicas, result.Usage, _, err = calculator.GetObjectMetricReplicas(
			one.Current, one.Target, metric, within, namespace, object, selector, labels.Everything())
	case "object_average":
		result.Replicas, result.Usage, _, err = calculator.GetObjectPerPodMetricReplicas(
			one.Current, one.Target, metric, within, namespace, object, labels.Everything())
	case "external":
		result.Replicas, result.Usage, _, err = calculator.GetExternalMetricReplicas(
			one.Current, one.Target, metric, within, namespace, &metav1.LabelSelector{}, selector)
	case "external_average":
		result.Replicas, result.Usage, _, err = calculator.GetExternalPerPodMetricReplicas(
			one.Current, one.Target, metric, within, namespace, &metav1.LabelSelector{})
	default:
		err = fmt.Errorf("no method %q", one.Method)
		must(err)
	}
	result.Error = describe(err)
	return result
}
