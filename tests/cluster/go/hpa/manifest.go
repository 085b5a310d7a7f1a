package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	"k8s.io/kubernetes/pkg/apis/autoscaling/validation"
)

// manifestCase is an autoscaling/v2 HorizontalPodAutoscaler as somebody wrote it.
type manifestCase struct {
	HPA         json.RawMessage `json:"hpa"`
	ScaleToZero bool            `json:"scale_to_zero"`
}

type verdict struct {
	Refused string  `json:"refused"`
	Min     int32   `json:"min"`
	Max     int32   `json:"max"`
	Metrics []gauge `json:"metrics"`
	Up      *rules  `json:"up"`
	Down    *rules  `json:"down"`
}

type gauge struct {
	Type        string `json:"type"`
	Name        string `json:"name"`
	Container   string `json:"container"`
	Utilization *int32 `json:"utilization"`
	Average     *int64 `json:"average"`
	Value       *int64 `json:"value"`
}

type rules struct {
	Window    *int32                           `json:"window"`
	Select    string                           `json:"select"`
	Policies  []autoscalingv2.HPAScalingPolicy `json:"policies"`
	Tolerance *float64                         `json:"tolerance"`
}

// load decodes a manifest as strictly as the API server does, puts the defaults in, and passes it through its JSON
// form once more, since what the controller reads has been stored.
func load(raw []byte) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	scheme := legacyscheme.Scheme
	strict := serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, serializer.SerializerOptions{Strict: true})
	object, _, err := strict.Decode(raw, nil, nil)
	if err != nil {
		return nil, err
	}
	hpa, fits := object.(*autoscalingv2.HorizontalPodAutoscaler)
	if !fits {
		return nil, fmt.Errorf("a %T", object)
	}
	hpa.Namespace, hpa.Name = namespace, target
	scheme.Default(hpa)
	var stored bytes.Buffer
	if err := json.NewEncoder(&stored).Encode(hpa); err != nil {
		return nil, err
	}
	read := &autoscalingv2.HorizontalPodAutoscaler{}
	return read, json.Unmarshal(stored.Bytes(), read)
}

// check applies the API server's rules for a new object.
func check(hpa *autoscalingv2.HorizontalPodAutoscaler, scaleToZero bool) error {
	internal := &autoscaling.HorizontalPodAutoscaler{}
	if err := legacyscheme.Scheme.Convert(hpa, internal, nil); err != nil {
		return err
	}
	options := validation.HorizontalPodAutoscalerSpecValidationOptions{MinReplicasLowerBound: 1}
	options.ObjectMetricsValidationOptions.AllowEmptyAPIGroup = true
	if scaleToZero {
		options.MinReplicasLowerBound = 0
	}
	return validation.ValidateHorizontalPodAutoscaler(internal, options).ToAggregate()
}

func judge(one *manifestCase) verdict {
	hpa, err := load(one.HPA)
	if err == nil {
		err = check(hpa, one.ScaleToZero)
	}
	if err != nil {
		return verdict{Refused: err.Error()}
	}
	result := verdict{Min: *hpa.Spec.MinReplicas, Max: hpa.Spec.MaxReplicas}
	for _, spec := range hpa.Spec.Metrics {
		result.Metrics = append(result.Metrics, gaugeOf(spec))
	}
	if hpa.Spec.Behavior != nil {
		result.Up, result.Down = rulesOf(hpa.Spec.Behavior.ScaleUp), rulesOf(hpa.Spec.Behavior.ScaleDown)
	}
	return result
}

func gaugeOf(spec autoscalingv2.MetricSpec) gauge {
	made := gauge{Type: string(spec.Type)}
	var target autoscalingv2.MetricTarget
	switch spec.Type {
	case autoscalingv2.ResourceMetricSourceType:
		made.Name, target = string(spec.Resource.Name), spec.Resource.Target
	case autoscalingv2.ContainerResourceMetricSourceType:
		made.Name, target = string(spec.ContainerResource.Name), spec.ContainerResource.Target
		made.Container = spec.ContainerResource.Container
	case autoscalingv2.PodsMetricSourceType:
		made.Name, target = spec.Pods.Metric.Name, spec.Pods.Target
	case autoscalingv2.ObjectMetricSourceType:
		made.Name, target = spec.Object.Metric.Name, spec.Object.Target
	case autoscalingv2.ExternalMetricSourceType:
		made.Name, target = spec.External.Metric.Name, spec.External.Target
	}
	made.Utilization, made.Average, made.Value = target.AverageUtilization, milli(target.AverageValue), milli(target.Value)
	return made
}

func milli(quantity *resource.Quantity) *int64 {
	if quantity == nil {
		return nil
	}
	value := quantity.MilliValue()
	return &value
}

func rulesOf(from *autoscalingv2.HPAScalingRules) *rules {
	made := &rules{Window: from.StabilizationWindowSeconds, Select: string(*from.SelectPolicy), Policies: from.Policies}
	if from.Tolerance != nil {
		value := from.Tolerance.AsApproximateFloat64()
		made.Tolerance = &value
	}
	return made
}

// quantityCase is a quantity as text.
type quantityCase struct {
	Text string `json:"text"`
}

type measured struct {
	Milli  int64   `json:"milli"`
	Float  float64 `json:"float"`
	Error  string  `json:"error"`
	Stored string  `json:"stored"`
}

func measure(one *quantityCase) measured {
	parsed, err := resource.ParseQuantity(one.Text)
	if err != nil {
		return measured{Error: err.Error()}
	}
	stored := parsed.String()
	read := resource.MustParse(stored)
	return measured{Milli: read.MilliValue(), Float: read.AsApproximateFloat64(), Stored: stored}
}
