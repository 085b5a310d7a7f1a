package main

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	scaleclient "k8s.io/client-go/scale"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/features"
)

// scenarioCase is the life of one HorizontalPodAutoscaler, pass by pass. Time 0 is its creation.
type scenarioCase struct {
	HPA         json.RawMessage `json:"hpa"`
	ScaleToZero bool            `json:"scale_to_zero"`
	Replicas    int32           `json:"replicas"`
	SyncMs      int64           `json:"sync_ms"`
	DownscaleMs int64           `json:"downscale_ms"`
	Tolerance   float64         `json:"tolerance"`
	CPUInitMs   int64           `json:"cpu_init_ms"`
	ReadinessMs int64           `json:"readiness_ms"`
	Steps       []stepCase      `json:"steps"`
}

type stepCase struct {
	// Edit is a new manifest, applied before the pass.
	Edit json.RawMessage `json:"edit"`
	// Replicas is a count that somebody else wrote into the scale before the pass.
	Replicas *int32 `json:"replicas"`
	// Status is the status.replicas of the scale; without it, its spec.replicas.
	Status     *int32    `json:"status"`
	WriteMs    int64     `json:"write_ms"`
	WriteFails bool      `json:"write_fails"`
	World      worldCase `json:"world"`
}

type decision struct {
	AtMs       int64             `json:"at_ms"`
	Current    int32             `json:"current"`
	Written    *int32            `json:"written"`
	Desired    int32             `json:"desired"`
	Conditions map[string]string `json:"conditions"`
	Usages     []*int64          `json:"usages"`
	Error      string            `json:"error"`
}

var (
	errorsLock sync.Mutex
	lastError  error
)

func remember(err error) {
	errorsLock.Lock()
	defer errorsLock.Unlock()
	lastError = err
}

func takeError() error {
	errorsLock.Lock()
	defer errorsLock.Unlock()
	taken := lastError
	lastError = nil
	return taken
}

// stage is what the controller acts on. The controller has one worker and the play waits for it, so that only one
// of both touches it at a time.
type stage struct {
	scaleclient.ScaleInterface
	times   clock
	apis    *apis
	pods    cache.Indexer
	scale   int32
	step    *stepCase
	opened  *stepCase
	current decision
	entered chan struct{}
}

func (s *stage) Scales(string) scaleclient.ScaleInterface { return s }

// Get is the first thing that a pass does; it does so again after a write that failed.
func (s *stage) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	if s.step == nil {
		return nil, errors.New("the play is over")
	}
	if s.opened == s.step {
		return s.answer(), nil
	}
	s.opened = s.step
	if s.step.Replicas != nil {
		s.scale = *s.step.Replicas
	}
	s.apis.world = &s.step.World
	s.times.fill(s.pods, s.step.World.Pods)
	s.current = decision{AtMs: time.Since(s.times.zero).Milliseconds(), Current: s.scale}
	s.entered <- struct{}{}
	return s.answer(), nil
}

func (s *stage) answer() *autoscalingv1.Scale {
	status := s.scale
	if s.step.Status != nil {
		status = *s.step.Status
	}
	return &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: target},
		Spec:       autoscalingv1.ScaleSpec{Replicas: s.scale},
		Status:     autoscalingv1.ScaleStatus{Replicas: status, Selector: "app=" + target},
	}
}

func (s *stage) Update(_ context.Context, _ schema.GroupResource, scale *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	time.Sleep(time.Duration(s.step.WriteMs) * time.Millisecond)
	if s.step.WriteFails {
		return nil, errFailed
	}
	s.scale = scale.Spec.Replicas
	s.current.Written = &scale.Spec.Replicas
	return scale, nil
}

func (d *decision) show(status autoscalingv2.HorizontalPodAutoscalerStatus) {
	d.Desired = status.DesiredReplicas
	d.Conditions = map[string]string{}
	for _, one := range status.Conditions {
		d.Conditions[string(one.Type)] = string(one.Status) + " " + one.Reason
	}
	for _, one := range status.CurrentMetrics {
		d.Usages = append(d.Usages, usageOf(one))
	}
}

// usageOf is the figure that the controller shows for one metric, in milli-units; nil where it could not be had.
func usageOf(status autoscalingv2.MetricStatus) *int64 {
	var value autoscalingv2.MetricValueStatus
	switch {
	case status.Resource != nil:
		value = status.Resource.Current
	case status.ContainerResource != nil:
		value = status.ContainerResource.Current
	case status.Pods != nil:
		value = status.Pods.Current
	case status.Object != nil:
		value = status.Object.Current
	case status.External != nil:
		value = status.External.Current
	}
	if value.AverageValue != nil {
		return milli(value.AverageValue)
	}
	return milli(value.Value)
}

func mapper() meta.RESTMapper {
	group := schema.GroupVersion{Group: "apps", Version: "v1"}
	made := meta.NewDefaultRESTMapper([]schema.GroupVersion{group})
	made.Add(group.WithKind("Deployment"), meta.RESTScopeNamespace)
	return made
}

// play runs the real controller, with its queue and its informers, on the clock of the bubble.
func play(t *testing.T, one *scenarioCase) any {
	gate := map[string]bool{string(features.HPAScaleToZero): one.ScaleToZero}
	must(utilfeature.DefaultMutableFeatureGate.SetFromMap(gate))
	hpa, err := load(one.HPA)
	must(err)
	must(check(hpa, one.ScaleToZero))
	takeError()

	client := fake.NewSimpleClientset(hpa)
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods()
	times := clock{time.Now()}
	acted := &stage{times: times, apis: &apis{clock: times}, pods: pods.Informer().GetIndexer(), scale: one.Replicas, entered: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	ms := func(value int64) time.Duration { return time.Duration(value) * time.Millisecond }
	controller := podautoscaler.NewHorizontalController(
		ctx, client.CoreV1(), acted, client.AutoscalingV2(), mapper(), acted.apis.client(),
		factory.Autoscaling().V2().HorizontalPodAutoscalers(), pods,
		ms(one.SyncMs), ms(one.DownscaleMs), one.Tolerance, ms(one.CPUInitMs), ms(one.ReadinessMs),
	)
	acted.step = &one.Steps[0]
	factory.Start(ctx.Done())
	go controller.Run(ctx, 1)

	decisions := make([]decision, 0, len(one.Steps))
	for i := range one.Steps {
		step := &one.Steps[i]
		acted.step = step
		if step.Edit != nil {
			edit(ctx, client, step.Edit, one.ScaleToZero)
		}
		<-acted.entered
		time.Sleep(ms(step.WriteMs))
		synctest.Wait()
		acted.current.Error = describe(takeError())
		stored, err := client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(ctx, target, metav1.GetOptions{})
		must(err)
		acted.current.show(stored.Status)
		decisions = append(decisions, acted.current)
	}
	acted.step = nil
	cancel()
	factory.Shutdown()
	return decisions
}

// edit replaces the spec, as a user would, and keeps the status.
func edit(ctx context.Context, client *fake.Clientset, raw []byte, scaleToZero bool) {
	made, err := load(raw)
	must(err)
	hpas := client.AutoscalingV2().HorizontalPodAutoscalers(namespace)
	stored, err := hpas.Get(ctx, target, metav1.GetOptions{})
	must(err)
	must(check(made, scaleToZero))
	stored.Spec = made.Spec
	_, err = hpas.Update(ctx, stored, metav1.UpdateOptions{})
	must(err)
	synctest.Wait()
}
