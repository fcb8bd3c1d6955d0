// Asks the evaluator of Kubernetes itself whether pods pass the restricted Pod Security Standard.
//
//	pod-security manifests.yaml
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// workload is as much of any object as says which pods it makes.
type workload struct {
	Kind     string            `json:"kind"`
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		Template    *corev1.PodTemplateSpec `json:"template"`
		JobTemplate *struct {
			Spec struct {
				Template corev1.PodTemplateSpec `json:"template"`
			} `json:"spec"`
		} `json:"jobTemplate"`
	} `json:"spec"`
}

func (w workload) pod() *corev1.PodTemplateSpec {
	if w.Spec.JobTemplate != nil {
		return &w.Spec.JobTemplate.Spec.Template
	}
	return w.Spec.Template
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	exitOn(err)
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	exitOn(err)
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	seen, refused := 0, 0
	documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var found workload
		err := documents.Decode(&found)
		if errors.Is(err, io.EOF) {
			break
		}
		exitOn(err)
		pod := found.pod()
		if pod == nil || (found.Kind != "Deployment" && found.Kind != "Job" && found.Kind != "CronJob") {
			continue
		}
		seen++
		verdict := policy.AggregateCheckResults(evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec))
		if !verdict.Allowed {
			refused++
			fmt.Printf("%s %s: %s: %s\n", found.Kind, found.Metadata.Name, verdict.ForbiddenReason(), verdict.ForbiddenDetail())
		}
	}
	if seen == 0 {
		fmt.Println("there are no pods in it")
		os.Exit(1)
	}
	fmt.Printf("%d kinds of pod, %d refused\n", seen, refused)
	if refused > 0 {
		os.Exit(1)
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
