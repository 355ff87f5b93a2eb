connectWith(deepstream).then((outcome) => { window.outcome = outcome })
